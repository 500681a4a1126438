import { existsSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { counted } from "@stiffnet/base";
import { noteInput } from "@stiffnet/base/files";
import { type Model, predict, pullback64 } from "@stiffnet/core";
import {
  type ExportOptions,
  exportEnsemble,
  exportOnnx,
  importGaussian,
  importOnnx,
  inspectOnnx,
  type Json,
  OnnxError,
} from "@stiffnet/onnx";
import { type Category, rangesOf, tableColumns, takesLogarithm } from "@stiffnet/preparation";
import { median } from "@stiffnet/report";
import { inputsFor, type Table } from "@stiffnet/tables";
import { BenchError, given, note } from "@stiffnet/terminal";
import {
  boxOf,
  type Calibration,
  ensembleSurrogate,
  gaussianModelMeans,
  gaussianSurrogate,
  predictGaussianModel,
  readCalibration,
  type SpreadSurrogate,
  spreadOf,
} from "@stiffnet/uncertainty";
import { labelsOf } from "../configuration/labels.ts";
import { requirePositive } from "../data/positive.ts";
import type { TrainedTrial } from "../run/results.ts";
import type { Results } from "../study/kind.ts";
import type { Summary } from "./summary.ts";

// A surrogate is an ONNX file: written here, found and read again.

/** Written files by their names in the summary, and sentences about the others. */
export interface Exported {
  readonly files: Readonly<Record<string, string>>;
  readonly missing: readonly string[];
}

/** Writes the network of one trial, or the mean of several, into the folder as NAME.onnx. */
export async function exportModel(
  { data, folder, summary }: Results,
  trials: readonly TrainedTrial[],
  {
    name = "model",
    of = `Surrogate of ${data.name}`,
    metadata = {},
  }: { name?: string; of?: string; metadata?: Record<string, Json> } = {},
): Promise<Exported> {
  const [first] = trials;
  if (first === undefined) return { files: {}, missing: [] };
  const path = folder.file(`${name}.onnx`);
  const kind = first.model.config.kind === "resnet" ? "residual network" : "neural ODE";
  const many = trials.length > 1;
  const models = trials.map(({ model }) => model);
  const options = {
    ranges: rangesOf(data.train.inputs, data.inputNames.length),
    metadata: { ...metadataOf(summary, trials), model: first.record.model, ...metadata },
    description: `${of}: ${many ? `mean of ${trials.length} ${kind}s` : kind}.`,
  };
  return written(name, path, labelsOf(summary.config)(first.record.model), (dtype) =>
    many
      ? exportEnsemble(models, path, { ...options, dtype })
      : exportOnnx(models[0]!, path, { ...options, dtype }),
  );
}

/** Writes a file in float32, or in float64 where the data's units go beyond what float32 holds. If ONNX
 *  cannot hold the model, no file is written, and standard error says so. */
export async function written(
  name: string,
  path: string,
  model: string,
  write: (dtype: NonNullable<ExportOptions["dtype"]>) => Promise<unknown>,
): Promise<Exported> {
  // Outputs that float32 cannot hold fail the comparison where their preparation is not affine.
  const beyond = ["not_representable", "verification_failed"];
  try {
    await write("float32").catch((error) => {
      if (!(error instanceof OnnxError && beyond.includes(error.code))) throw error;
      return write("float64");
    });
    return { files: { [name]: path }, missing: [] };
  } catch (error) {
    // The report is written in any case, and says it.
    if (!(error instanceof OnnxError)) throw error;
    const sentence = `${model}: no ONNX file was written: ${error.message.replace(/^export: /, "")}.`;
    note(sentence);
    return { files: {}, missing: [sentence] };
  }
}

/** Points of the training history that an exported file carries: enough for a curve. */
const longestHistory = 300;

/** Metadata about the training: medians over the exported trials. */
function metadataOf(summary: Summary, trials: readonly TrainedTrial[]): Record<string, Json> {
  const of = (field: "riskTrain" | "riskTest" | "stiffness"): number =>
    median(trials.map(({ record }) => record[field]));
  const epochs = Math.min(...trials.map(({ history }) => history.length)) - 1;
  const points = Math.min(epochs, longestHistory);
  const epoch = Array.from({ length: points + 1 }, (_, k) => Math.round((k * epochs) / Math.max(points, 1)));
  const curve = (field: "riskTrain" | "riskTest"): number[] =>
    epoch.map((at) => median(trials.map(({ history }) => history[at]![field] ?? Number.NaN)));
  return {
    study: summary.command,
    studyDigest: summary.digest,
    seed: summary.config.seed,
    trials: trials.map(({ record }) => record.id),
    riskTrain: of("riskTrain"),
    riskTest: of("riskTest"),
    stiffness: of("stiffness"),
    history: { epoch, riskTrain: curve("riskTrain"), riskTest: curve("riskTest") },
  };
}

/** The given ONNX file, or the one in the given results folder. */
export function modelFile(source: string): string {
  const isFolder = existsSync(source) && statSync(source).isDirectory();
  const file = isFolder ? join(source, "model.onnx") : source;
  noteInput(file);
  if (!isFolder || existsSync(file)) return file;
  throw new BenchError(
    `${source}: the folder holds no model.onnx, expected the results of 'train' or 'study', or a file`,
  );
}

/** A name for people: the folder's where the file is called model.onnx in one, else the file's. */
export function modelName(file: string): string {
  const name = basename(file, ".onnx");
  return name === "model" ? basename(dirname(resolve(file))) || name : name;
}

/** An exported file, ready to answer. */
export interface Surrogate {
  readonly file: string;
  readonly sha256: string;
  readonly inputNames: readonly string[];
  /** The inputs that are texts in a table. */
  readonly categories: readonly Category[];
  /** The inputs that the model sees as logarithms. */
  readonly logarithmic: readonly string[];
  readonly outputNames: readonly string[];
  /** Smallest and largest value of each input in the training set; nothing where the file does not say. */
  readonly box?: readonly (readonly [number, number])[];
  /** The networks; nothing where a Gaussian process answers. */
  readonly models?: readonly Model[];
  /** The calibration of prediction intervals, if the file has one. */
  readonly intervals?: Calibration;
  /** Row-major inputs to row-major outputs, in physical units: the mean over the members and their spread. */
  answer(rows: Float64Array): { mean: Float64Array; std: Float64Array };
  /** The mean of `answer`, sooner. */
  mean(rows: Float64Array): Float64Array;
  /** The same of one row in float64, with exact derivatives. */
  differentiable(): SpreadSurrogate;
}

/** Reads an ONNX file or that of a results folder. stiffnet wrote it, or `importOnnx` can read its
 *  network. */
export async function readSurrogate(source: string): Promise<Surrogate> {
  const file = modelFile(source);
  const { surrogate, sha256 } = await inspectOnnx(file);
  const answering = await answeringOf(file, surrogate?.config.kind === "gaussianProcess");
  const intervals =
    surrogate && readCalibration(surrogate.metadata.intervals, surrogate.outputs.length, file);
  const inputs = surrogate?.preparation[0]?.inputs;
  const logarithms = inputs ? takesLogarithm(inputs) : [];
  return {
    file,
    sha256,
    ...answering,
    categories: inputs?.categories ?? [],
    logarithmic: answering.inputNames.filter((_, i) => logarithms[i]),
    ...given({ box: surrogate && boxOf(surrogate.inputs), intervals }),
  };
}

async function answeringOf(
  file: string,
  isProcess: boolean,
): Promise<Pick<Surrogate, "inputNames" | "outputNames" | "models" | "answer" | "mean" | "differentiable">> {
  if (isProcess) {
    const process = await importGaussian(file);
    const { inputNames, outputNames } = process;
    const answer: Surrogate["answer"] = (rows) => predictGaussianModel(process, rows);
    const mean: Surrogate["mean"] = (rows) => gaussianModelMeans(process, rows);
    return { inputNames, outputNames, answer, mean, differentiable: () => gaussianSurrogate(process) };
  }
  const models = await importOnnx(file);
  const { inputNames, outputNames } = models[0]!;
  const answer: Surrogate["answer"] = (rows) => spreadOf(models.map((model) => predict(model, rows)));
  const differentiable = () => ensembleSurrogate(models.map(pullback64));
  const mean: Surrogate["mean"] = (rows) => answer(rows).mean;
  return { inputNames, outputNames, models, answer, mean, differentiable };
}

/** Rows of a model's inputs from a table: by name, or all columns in order where the table has no names. */
export function modelInputs(
  table: Table,
  model: Pick<Surrogate, "inputNames" | "categories" | "logarithmic" | "file">,
  { missing = "error" }: { readonly missing?: "error" | "drop" } = {},
): Float64Array {
  const names = tableColumns(model.inputNames, model).map(({ name }) => name);
  const named = withInputs(table, names, model.file);
  const inputs = inputsFor(named, model, { missing });
  if (model.logarithmic.length === 0) return inputs;
  const columns = names.map((name) => named.columns.indexOf(name));
  const rows = Array.from({ length: named.count }, (_, row) => row + 1).filter(
    (row) => missing === "error" || columns.every((column) => named.label(row - 1, column) !== ""),
  );
  requirePositive(named, rows, model.logarithmic);
  return inputs;
}

/** The table, whose columns have the names of the inputs. */
function withInputs(table: Table, names: readonly string[], file: string): Table {
  const missed = names.find((name) => !table.columns.includes(name));
  if (missed === undefined) return table;
  const nameless = table.header === "none";
  if (nameless && table.columns.length === names.length) return table.withColumns(names);
  throw new BenchError(
    nameless
      ? `${table.name}: ${counted(table.columns.length, "column")} without names, expected the ${counted(names.length, "input")} of ${file} in their order`
      : `${table.name}: has no column '${missed}', an input of ${file}; expected ${names.join(", ")}`,
  );
}
