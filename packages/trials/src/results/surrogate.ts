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

/** Reads an ONNX file, or that of a results folder: of ours, or of a network that `importOnnx` can read. */
export async function readSurrogate(source: string): Promise<Surrogate> {
  const file = modelFile(source);
  const { surrogate, sha256 } = await inspectOnnx(file);
  const answering = await answeringOf(file, surrogate?.config.kind === "gaussianProcess");
  const box = surrogate && boxOf(surrogate.inputs);
  const intervals =
    surrogate && readCalibration(surrogate.metadata.intervals, surrogate.outputs.length, file);
  return {
    ...{ file, sha256, ...answering },
    categories: surrogate?.preparation[0]!.inputs.categories ?? [],
    ...(box !== undefined && { box }),
    ...(intervals !== undefined && { intervals }),
  };
}

async function answeringOf(
  file: string,
  isProcess: boolean,
): Promise<Pick<Surrogate, "inputNames" | "outputNames" | "answer">> {
  if (isProcess) {
    const process = await importGaussian(file);
    const { inputNames, outputNames } = process;
    return { inputNames, outputNames, answer: (rows) => predictGaussianModel(process, rows) };
  }
  const models = await importOnnx(file);
  const { inputNames, outputNames } = models[0]!;
  const answer: Surrogate["answer"] = (rows) => spreadOf(models.map((model) => predict(model, rows)));
  return { inputNames, outputNames, answer };
}
