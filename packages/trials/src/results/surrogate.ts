import { predict } from "@stiffnet/core";
import { importGaussian, importOnnx, inspectOnnx } from "@stiffnet/onnx";
import type { Category } from "@stiffnet/preparation";
import { boxOf, type Calibration, predictGaussianModel, readCalibration, spreadOf } from "@stiffnet/uncertainty";
import { modelFile } from "./model-file.ts";

/** An exported file, ready to answer. */
export interface Surrogate {
  readonly file: string;
  readonly sha256: string;
  readonly inputNames: readonly string[];
  /** The inputs that are texts in a table. */
  readonly categories: readonly Category[];
  readonly outputNames: readonly string[];
  /** Smallest and largest value of each input in the training set; nothing where the file does not say. */
  readonly box?: readonly (readonly [number, number])[];
  /** What intervals are made by; nothing where the file has none. */
  readonly intervals?: Calibration;
  /** Row-major inputs to row-major outputs, in physical units: the mean over the members and their spread. */
  answer(rows: Float64Array): { mean: Float64Array; std: Float64Array };
}

/** Reads an ONNX file of ours, or that of a results folder. */
export async function readSurrogate(source: string): Promise<Surrogate> {
  const file = modelFile(source);
  const { surrogate, sha256 } = await inspectOnnx(file);
  const answer = await answerOf(file, surrogate?.config.kind === "gaussianProcess");
  const { inputs, outputs, metadata, preparation } = surrogate!;
  const box = boxOf(inputs);
  const intervals = readCalibration(metadata.intervals, outputs.length, file);
  return {
    file,
    sha256,
    inputNames: inputs.map(({ name }) => name),
    categories: preparation[0]!.inputs.categories ?? [],
    outputNames: outputs.map(({ name }) => name),
    ...(box !== undefined && { box }),
    ...(intervals !== undefined && { intervals }),
    answer,
  };
}

async function answerOf(file: string, isProcess: boolean): Promise<Surrogate["answer"]> {
  if (isProcess) {
    const process = await importGaussian(file);
    return (rows) => predictGaussianModel(process, rows);
  }
  const models = await importOnnx(file);
  return (rows) => spreadOf(models.map((model) => predict(model, rows)));
}
