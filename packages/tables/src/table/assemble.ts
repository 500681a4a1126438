import { samplingStream, shuffle, wholeFault } from "@stiffnet/base";
import { type Dataset, dataset, type Fit, type Samples } from "@stiffnet/preparation";
import { TableError } from "../errors.ts";
import type { ColumnChoice } from "./columns.ts";
import type { MissingReport, Selection, SelectOptions } from "./select.ts";
import type { TableView } from "./view.ts";

export interface SplitOptions extends SelectOptions {
  /** Test rows: a fraction below 1, or a count. Default 0.2. */
  test?: number;
  /** Validation rows: a fraction below 1, or a count. Default 0. */
  validation?: number;
  /** Columns whose values make groups: rows that agree in all of them stand on one side. With it `test` and
   *  `validation` are shares of the rows that whole groups come closest to from above. */
  groups?: ColumnChoice;
  /** The column of numbers that says which rows are tested: 1, the others being 0. */
  by?: ColumnChoice;
  /** A table of its own to test on, of which the inputs and outputs have the same names. */
  testOn?: TableView;
  /** Default 1. */
  seed?: number;
  /** Which of the seed's independent splits, default 0. */
  trial?: number;
  /** How columns are prepared, default `standardise`; fitted on the training rows. */
  prepare?: { inputs?: Fit; outputs?: Fit };
}

/** A dataset that has a test set, and says what was done about missing values. */
export interface SplitDataset extends Dataset {
  readonly test: Samples;
  readonly missing: MissingReport;
  /** Row of the table of every test row, counted from 1. */
  readonly testRows: Uint32Array;
  /** Of every training row the first one of its group, which are consecutive; only where there are groups. */
  readonly trainGroups?: Uint32Array;
}

export function shuffled(
  count: number,
  { seed = 1, trial = 0 }: Pick<SplitOptions, "seed" | "trial">,
): Uint32Array {
  return shuffle(new Uint32Array(count), samplingStream(seed, "split", trial));
}

/** The rows that are not tested, less those for validation. */
export function validated(
  order: Uint32Array,
  options: SplitOptions,
  count: number,
  file: string,
): { train: Uint32Array; validation: Uint32Array } {
  const validation = sizeOf("validation", options.validation ?? 0, count, file, 0);
  requireTraining(count - validation, `${validation} validation rows`, count, file);
  return { validation: order.subarray(0, validation), train: order.subarray(validation) };
}

/** Takes the rows of each set, fills gaps with the means of the training rows, and fits the preparation. */
export function assemble(
  name: string,
  selection: Selection,
  options: Pick<SplitOptions, "prepare">,
  orders: { readonly train: Uint32Array; readonly test: Uint32Array; readonly validation: Uint32Array },
): SplitDataset {
  const { inputNames, outputNames, missing } = selection;
  const train = takeRows(selection, orders.train);
  const test = takeRows(selection, orders.test);
  const validation = orders.validation.length > 0 ? takeRows(selection, orders.validation) : undefined;
  const means = columnMeans(train.inputs, inputNames);
  for (const set of [train, test, validation]) if (set) fill(set.inputs, means);
  const { prepare } = options;
  const made = dataset({ name, inputNames, outputNames, train, test, validation, prepare });
  return { ...made, test, missing, testRows: Uint32Array.from(orders.test, (row) => selection.rows[row]!) };
}

export function requireTraining(rows: number, taken: string, count: number, file: string): void {
  if (rows > 0) return;
  throw new TableError(`${file}: ${taken} leave none of ${count} to train on`, {
    code: "empty_set",
    place: { file },
  });
}

/** The given rows, in the given order, of samples: a copy. */
export function takeRows(samples: Samples, order: ArrayLike<number>): Samples {
  const take = (values: Float64Array): Float64Array => {
    const width = values.length / samples.count;
    const taken = new Float64Array(order.length * width);
    for (let i = 0; i < order.length; i++) {
      const from = order[i]! * width;
      taken.set(values.subarray(from, from + width), i * width);
    }
    return taken;
  };
  return { count: order.length, inputs: take(samples.inputs), outputs: take(samples.outputs) };
}

export function sizeOf(what: string, asked: number, count: number, file: string, least: number): number {
  const rows = asked > 0 && asked < 1 ? Math.max(1, Math.round(asked * count)) : asked;
  if (wholeFault(rows, least)) {
    throw new TableError(
      `${file}: ${what} is ${asked}, expected a fraction between 0 and 1 or a count of at least ${least}`,
      { code: "bad_split", place: { file } },
    );
  }
  return rows;
}

/** Means over the cells that hold a number. */
function columnMeans(rows: Float64Array, names: readonly string[]): number[] {
  return names.map((name, c) => {
    let sum = 0;
    let count = 0;
    for (let i = c; i < rows.length; i += names.length) {
      if (Number.isNaN(rows[i]!)) continue;
      sum += rows[i]!;
      count++;
    }
    if (count === 0) {
      throw new TableError(
        `column '${name}' has no value in any training row: its mean cannot fill the gaps`,
        { code: "missing_value" },
      );
    }
    return sum / count;
  });
}

function fill(rows: Float64Array, means: readonly number[]): void {
  for (let i = 0; i < rows.length; i++) if (Number.isNaN(rows[i]!)) rows[i] = means[i % means.length]!;
}
