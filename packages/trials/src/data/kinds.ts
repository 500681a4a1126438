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
  type Samples,
  standardise,
} from "@stiffnet/preparation";
import type { MissingReport, SplitBy } from "@stiffnet/tables";
import { BenchError, note } from "@stiffnet/terminal";
import type { StudyFields } from "../configuration/fields.ts";
import { noisy } from "./noise.ts";
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

/** Source of the samples, with which any process can make the same ones again. */
export type DataSpec = StudyFields["data"];
export type DataKind = DataSpec["kind"];
type SpecOf<K extends DataKind> = Extract<DataSpec, { kind: K }>;
/** Preparation of columns before they are standardised. */
export type Prepare = NonNullable<SpecOf<"table">["prepare"]>;
export type Fold = NonNullable<SpecOf<"table">["fold"]>;

/** Everything that differs between kinds of data. A new kind is a row here and a row of the fields. */
interface DataKindRow<Spec> {
  /** The samples, the same in every process. */
  load(spec: Spec, seed: number): StudyData | Promise<StudyData>;
  /** Every process generates data that come from a seed. A table is read once and sent. */
  readonly fromSeed: boolean;
  /** A sentence about the data that it replaces, if it replaces any. */
  standIn?(spec: Spec): string;
  /** Data by a name on the command line, kind:NAME; undefined where there is none of this name. */
  named?(name: string): Omit<Spec, "kind" | "validation"> | undefined;
  /** Names for help and complaints. */
  readonly names?: readonly string[];
}

/** Rows of what has a name on the command line: the slides' numbers. */
const usualRows = { train: 1996, test: 500 };

const kinds: { readonly [K in DataKind]: DataKindRow<SpecOf<K>> } = {
  function: {
    load: ({ name, dimension, train, test, noise }, seed) =>
      noisy(sample(testFunction(name, dimension), { train, test, seed }), seed, noise),
    fromSeed: true,
    named(text) {
      const [name = "", dimension, ...more] = text.split(":");
      const known = Object.hasOwn(testFunctions, name) && more.length === 0;
      if (!known || !/^[1-9]\d*$/.test(dimension ?? "1")) return undefined;
      return { name, ...(dimension !== undefined && { dimension: Number(dimension) }), ...usualRows };
    },
    names: Object.keys(testFunctions),
  },
  dalec: {
    load: ({ ensemble, train, test, noise }, seed) =>
      noisy(dalecDataset({ ensemble, train, test, seed }), seed, noise),
    fromSeed: true,
    standIn: ({ ensemble }) =>
      `DALEC is an open model of the carbon in an evergreen forest. It replaces the ELM-FATES ensemble of Hudson et al. (2022), which is not public. This is its '${ensemble}' ensemble.`,
    named: (name) => (isEnsemble(name) ? { ensemble: name, ...usualRows } : undefined),
    names: Object.keys(ensembles),
  },
  table: { load: loadTable, fromSeed: false },
};

function isEnsemble(name: string): name is EnsembleName {
  return Object.hasOwn(ensembles, name);
}

async function loadTable(spec: SpecOf<"table">, seed: number): Promise<StudyData> {
  const { table, widths } = await readParts(spec);
  const { testFile, splitColumn: column, group: groups, fold } = spec;
  const log = spec.prepare?.log;
  const prepare: Prepare = {
    ...spec.prepare,
    ...(log && { log: table.indices(log, "logarithms").map((column) => table.columns[column]!) }),
  };
  const options = {
    ...{ inputs: columnsOf(spec.inputs, widths), outputs: columnsOf(spec.outputs, widths) },
    ...{ missing: spec.missing, text: "categories" as const, seed },
    prepare: preparationOf(prepare),
  };
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
  requireKnown(prepare, data);
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
  const whole: Fit = (rows, names) => standardise(rows, names);
  return {
    // An input that never varies carries nothing but does no harm.
    inputs: chain(...(log.length > 0 ? [logarithms] : []), (rows, names) =>
      standardise(rows, names, { constant: "keep" }),
    ),
    outputs: chain(
      ...(log.length > 0 ? [logarithms] : []),
      whole,
      ...(components === undefined
        ? []
        : [
            (rows: Float64Array, names: readonly string[]) =>
              principalComponents(
                rows,
                names,
                components < 1 ? { explained: components } : { keep: components },
              ),
            oneScale,
          ]),
    ),
  };
}

/** One factor for all components, so that their squared errors add up to those of the outputs. With a scale
 *  of its own, a component that holds a thousandth of the variance would count as much as the first. */
const oneScale: Fit = (rows, names) => {
  const square = rows.reduce((sum, value) => sum + value * value, 0) / rows.length;
  const [mean, scale] = [0, Math.sqrt(square)].map((value) => names.map(() => value)) as [number[], number[]];
  return { columns: names.length, steps: [{ kind: "affine", mean, scale }] };
};

function requireKnown({ log = [] }: Prepare, data: Pick<StudyData, "inputNames" | "outputNames">): void {
  const known = [...data.inputNames, ...data.outputNames];
  const unknown = log.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new BenchError(
    `--prepare log: '${unknown}' is neither an input nor an output, expected one of ${known.slice(0, 12).join(", ")}`,
  );
}

/** Errors of outputs are squared in their own unit, which must neither overflow nor underflow. */
function requireUsualSize({ name, train: { outputs }, outputNames }: StudyData): void {
  outputNames.forEach((output, column) => {
    let largest = 0;
    for (let i = column; i < outputs.length; i += outputNames.length) {
      largest = Math.max(largest, Math.abs(outputs[i]!));
    }
    if (largest >= 1e-100 && largest <= 1e100) return;
    throw new BenchError(
      `${name}: the largest value of output '${output}' is ${largest.toPrecision(3)}, expected between 1e-100 and 1e100 in size; use another unit`,
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

function rowOf(spec: DataSpec): DataKindRow<DataSpec> {
  return kinds[spec.kind] as DataKindRow<DataSpec>;
}

/** The samples of a study. A table that changed since the study began is refused. */
export async function loadData(spec: DataSpec, seed: number): Promise<StudyData> {
  return rowOf(spec).load(spec, seed);
}

export function isFromSeed(spec: DataSpec): boolean {
  return rowOf(spec).fromSeed;
}

export function standIn(spec: DataSpec): string[] {
  const text = rowOf(spec).standIn?.(spec);
  return text === undefined ? [] : [text];
}

/** Data by a name, as in dalec:site or function:ishigami; undefined for what is none, such as the name of a
 *  file. */
export function dataNamed(word: string, validation: number): DataSpec | undefined {
  const [kind = "", ...rest] = word.split(":");
  if (rest.length === 0 || !Object.hasOwn(kinds, kind)) return undefined;
  const { named, names = [] } = kinds[kind as DataKind] as DataKindRow<DataSpec>;
  if (named === undefined) return undefined;
  const found = named(rest.join(":"));
  if (found === undefined) {
    throw new BenchError(
      `${word}: no such data, expected ${names.map((name) => `${kind}:${name}`).join(", ")}`,
    );
  }
  return { kind, ...found, validation } as DataSpec;
}

/** Data by their description, and what was read to describe them, so that a table is read once. */
export interface Described {
  readonly spec: DataSpec;
  readonly data?: StudyData;
}

/** A table with the digest of what was chosen of it, so that it is known again. */
export async function withDigest(spec: DataSpec, seed: number): Promise<Described> {
  if (spec.kind !== "table") return { spec };
  const data = await loadData(spec, seed);
  for (const text of data.notes ?? []) note(`${data.name}: ${text}`);
  return { spec: { ...spec, digest: data.digest }, data };
}

/** The same data wherever they lie. */
export function withoutPlace(spec: DataSpec): DataSpec {
  if (spec.kind !== "table") return spec;
  return { ...spec, file: "", others: [], ...(spec.testFile !== undefined && { testFile: "" }) };
}
