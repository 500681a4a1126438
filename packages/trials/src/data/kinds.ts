import {
  dalecDataset,
  type EnsembleName,
  ensembles,
  sample,
  testFunction,
  testFunctions,
} from "@stiffnet/datasets";
import {
  chain,
  type Dataset,
  type Fit,
  logarithm,
  principalComponents,
  rangesOf,
  type Samples,
  standardise,
} from "@stiffnet/preparation";
import type { MissingReport, Selection, SplitBy } from "@stiffnet/tables";
import { BenchError } from "@stiffnet/terminal";
import type { StudyFields } from "../configuration/fields.ts";
import { noisy } from "./noise.ts";
import { requirePositive } from "./positive.ts";
import { readParts, readSource } from "./table-source.ts";

export type StudyData = Dataset & {
  readonly test: Samples;
  /** For a table: the file's row of every test row, counted from 1, and how gaps were treated. */
  readonly testRows?: Uint32Array;
  /** With grouped rows, the first row of the group of every training row and of every test row. */
  readonly trainGroups?: Uint32Array;
  readonly testGroups?: Uint32Array;
  readonly missing?: MissingReport;
  /** Remarks on the file. */
  readonly notes?: readonly string[];
};

/** Where the samples come from. Any process makes the same samples from it. */
export type DataSpec = StudyFields["data"];
export type TableSpec = Extract<DataSpec, { kind: "table" }>;
/** Preparation of columns before they are standardised. */
export type Prepare = NonNullable<TableSpec["prepare"]>;
export type Fold = NonNullable<TableSpec["fold"]>;

/** The samples of a study, the same in every process. A table that changed since the study began is
 *  refused. */
export async function loadData(spec: DataSpec, seed: number): Promise<StudyData> {
  if (spec.kind === "table") return loadTable(spec, seed);
  const { train, test, noise } = spec;
  const data =
    spec.kind === "function"
      ? sample(testFunction(spec.name, spec.dimension), { train, test, seed })
      : dalecDataset({ ensemble: spec.ensemble, train, test, seed });
  return noisy(data, seed, noise);
}

/** A sentence about the data that it replaces, if it replaces any. */
export function standIn(spec: DataSpec): string[] {
  if (spec.kind !== "dalec") return [];
  return [
    `DALEC is an open model of the carbon in an evergreen forest. It replaces the ELM-FATES ensemble of Hudson et al. (2022), which is not public. This is its '${spec.ensemble}' ensemble.`,
  ];
}

/** Data by a name, as in dalec:site or function:ishigami; undefined for what is none, such as the name of a
 *  file. They have the slides' numbers of rows. */
export function dataNamed(word: string, validation: number): DataSpec | undefined {
  const [kind = "", name = "", dimension, ...more] = word.split(":");
  const usual = { train: 1996, test: 500, validation };
  const names = { function: Object.keys(testFunctions), dalec: Object.keys(ensembles) as EnsembleName[] };
  if (!word.includes(":") || !(kind === "function" || kind === "dalec")) return undefined;
  if (kind === "function" && names.function.includes(name) && more.length === 0) {
    if (dimension === undefined) return { kind, name, ...usual };
    if (/^[1-9]\d*$/.test(dimension)) return { kind, name, dimension: Number(dimension), ...usual };
  }
  const ensemble = names.dalec.find((known) => known === name);
  if (kind === "dalec" && ensemble !== undefined && dimension === undefined)
    return { kind, ensemble, ...usual };
  throw new BenchError(
    `${word}: no such data, expected ${names[kind].map((known) => `${kind}:${known}`).join(", ")}`,
  );
}

async function loadTable(spec: TableSpec, seed: number): Promise<StudyData> {
  const { table, widths } = await readParts(spec);
  const { testFile, splitColumn: column, group: groups, fold } = spec;
  const log = spec.prepare?.log && table.indices(spec.prepare.log, "logarithms");
  const prepare: Prepare = {
    ...spec.prepare,
    ...(log && { log: log.map((column) => table.columns[column]!) }),
  };
  const options = {
    inputs: columnsOf(spec.inputs, widths),
    outputs: columnsOf(spec.outputs, widths),
    missing: spec.missing,
    text: "categories" as const,
    seed,
    prepare: preparationOf(prepare),
  };
  if (log) {
    const { inputs, outputs, missing, text } = options;
    const chosen = table.select({ inputs, outputs, missing, text });
    requireNumbers(prepare, chosen);
    requireKnown(prepare, chosen);
    requirePositive(table, chosen.rows, prepare.log);
  }
  const by: SplitBy =
    testFile !== undefined
      ? { table: await readSource({ ...spec, file: testFile, others: [] }) }
      : column !== undefined
        ? { column }
        : groups !== undefined
          ? { groups, fraction: spec.test }
          : { fraction: spec.test };
  const data =
    fold === undefined
      ? table.split({ ...options, by })
      : table.folds({ ...options, folds: fold.of })[fold.index - 1]!;
  if ("table" in by) requirePositive(by.table, data.testRows, prepare.log);
  requireUsualSize(data);
  if (spec.digest !== "" && data.digest !== spec.digest) {
    throw new BenchError(
      `${spec.file}: its rows differ from those of the configuration: training, validation and test rows have the checksum ${data.digest}, expected ${spec.digest}; the file or its split has changed`,
    );
  }
  return data;
}

/** Inputs that are the same in all training rows, by number, where each has a prepared column of its own. */
export function constantInputs({ train, inputNames, preparation }: StudyData): number[] {
  if (preparation.inputs.steps.some(({ kind }) => kind === "components")) return [];
  const { inputs } = train;
  return inputNames.flatMap((_, column) => {
    for (let i = column; i < inputs.length; i += inputNames.length)
      if (inputs[i] !== inputs[column]) return [];
    return [column];
  });
}

/** Takes logarithms, then standardises inputs and outputs. Outputs may then become their principal
 *  components. */
function preparationOf({ log = [], components }: Prepare): { inputs: Fit; outputs: Fit } {
  const logarithms: Fit = (rows, names) =>
    logarithm(rows, names, { columns: log.filter((name) => names.includes(name)) });
  const first = log.length > 0 ? [logarithms] : [];
  // An input that never varies carries nothing but does no harm.
  const inputs: Fit = (rows, names) => standardise(rows, names, { constant: "keep" });
  const outputs: Fit = (rows, names) => standardise(rows, names);
  if (components === undefined) return { inputs: chain(...first, inputs), outputs: chain(...first, outputs) };
  const kept = components < 1 ? { explained: components } : { keep: components };
  const reduced: Fit = (rows, names) => principalComponents(rows, names, kept);
  return { inputs: chain(...first, inputs), outputs: chain(...first, outputs, reduced, oneScale) };
}

/** One factor for all components, so that their squared errors add up to those of the outputs. With a scale
 *  of its own, a component that holds a thousandth of the variance would count as much as the first. */
const oneScale: Fit = (rows, names) => {
  const square = rows.reduce((sum, value) => sum + value * value, 0) / rows.length;
  const [mean, scale] = [0, Math.sqrt(square)].map((value) => names.map(() => value)) as [number[], number[]];
  return { columns: names.length, steps: [{ kind: "affine", mean, scale }] };
};

function requireNumbers({ log = [] }: Prepare, { categories }: Pick<Selection, "categories">): void {
  const name = log.find((name) => categories.some((category) => category.name === name));
  if (name === undefined) return;
  throw new BenchError(`--prepare log: '${name}' holds text, expected columns of numbers`);
}

function requireKnown({ log = [] }: Prepare, data: Pick<StudyData, "inputNames" | "outputNames">): void {
  const known = [...data.inputNames, ...data.outputNames];
  const unknown = log.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new BenchError(
    `--prepare log: '${unknown}' is neither an input nor an output, expected one of ${known.slice(0, 12).join(", ")}`,
  );
}

/** Errors of outputs are squared in their own unit, which must neither overflow nor underflow. Neither may
 *  the differences between values of an input. */
export function requireUsualSize({
  name,
  train,
  test,
  inputNames,
  outputNames,
}: Pick<StudyData, "name" | "train" | "test" | "inputNames" | "outputNames">): void {
  rangesOf(train.outputs, outputNames.length).forEach(([low, high], column) => {
    const largest = Math.max(Math.abs(low), Math.abs(high));
    if (largest >= 1e-100 && largest <= 1e100) return;
    throw new BenchError(
      `${name}: the largest value of output '${outputNames[column]}' is ${largest.toPrecision(3)}, expected between 1e-100 and 1e100 in size; use another unit`,
    );
  });
  const sets = [train, test].filter(({ count }) => count > 0);
  const ranges = sets.map(({ inputs }) => rangesOf(inputs, inputNames.length));
  inputNames.forEach((input, column) => {
    const low = Math.min(...ranges.map((own) => own[column]![0]));
    const high = Math.max(...ranges.map((own) => own[column]![1]));
    if (Number.isFinite(high - low)) return;
    throw new BenchError(
      `${name}: input '${input}' has values from ${low.toPrecision(3)} to ${high.toPrecision(3)}, expected a range that a float64 can hold; use another unit`,
    );
  });
}

/** file:2, the columns of the second of several files, as a range. */
function columnsOf(choice: string, widths: readonly number[]): string {
  const part = Number(/^file:([1-9])$/.exec(choice)?.[1] ?? Number.NaN);
  const width = widths[part - 1];
  if (width === undefined) return choice;
  const before = widths.slice(0, part - 1).reduce((sum, columns) => sum + columns, 0);
  return `${before + 1}-${before + width}`;
}

/** The same data wherever they lie. */
export function withoutPlace(spec: DataSpec): DataSpec {
  if (spec.kind !== "table") return spec;
  return { ...spec, file: "", others: [], ...(spec.testFile !== undefined && { testFile: "" }) };
}
