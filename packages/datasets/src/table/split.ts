import { shuffle, wholeFault } from "@stiffnet/base";
import type { Fit } from "@stiffnet/preparation";
import { type Dataset, dataset, type Samples } from "../dataset.ts";
import { DatasetError } from "../errors.ts";
import { samplingStream } from "../sampling-stream.ts";
import { type MissingReport, type Selection, type SelectOptions, selectSamples } from "./select.ts";
import type { TableView } from "./view.ts";

export interface SplitOptions extends SelectOptions {
  /** Test rows: a fraction below 1, or a count. Default 0.2. */
  test?: number;
  /** Validation rows: a fraction below 1, or a count. Default 0. */
  validation?: number;
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
}

/** Splits the rows of a table at random: a function of (values, options) alone. The test rows are drawn
 *  first, so they are the same whatever is then taken for validation. */
export function splitTable(table: TableView, options: SplitOptions): SplitDataset {
  const selection = selectSamples(table, options);
  const { count } = selection;
  const test = sizeOf("test", options.test ?? 0.2, count, table.name, 1);
  const validation = sizeOf("validation", options.validation ?? 0, count, table.name, 0);
  requireTraining(
    count - test - validation,
    `${test} test and ${validation} validation rows`,
    count,
    table.name,
  );
  const order = shuffle(
    new Uint32Array(count),
    samplingStream(options.seed ?? 1, "split", options.trial ?? 0),
  );
  return assemble(table.name, selection, options, {
    test: order.subarray(0, test),
    validation: order.subarray(test, test + validation),
    train: order.subarray(test + validation),
  });
}

export interface FoldOptions extends Omit<SplitOptions, "test"> {
  /** How many, default 5. */
  folds?: number;
}

/** Cross-validation: the rows in a random order, cut into folds whose sizes differ by at most one. Dataset k
 *  is tested on fold k and trained on the others (less `validation` rows), with a preparation of its own. */
export function foldTable(table: TableView, options: FoldOptions): SplitDataset[] {
  const { folds = 5 } = options;
  const selection = selectSamples(table, options);
  const { count } = selection;
  if (wholeFault(folds, 2, count)) {
    throw new DatasetError(
      `${table.name}: folds is ${folds}, expected a whole number from 2 to the ${count} rows`,
      {
        code: "bad_split",
        place: { file: table.name },
      },
    );
  }
  const validation = sizeOf("validation", options.validation ?? 0, count, table.name, 0);
  requireTraining(
    count - Math.ceil(count / folds) - validation,
    `a fold and ${validation} validation rows`,
    count,
    table.name,
  );
  const order = shuffle(
    new Uint32Array(count),
    samplingStream(options.seed ?? 1, "split", options.trial ?? 0),
  );
  return Array.from({ length: folds }, (_, k) => {
    const [from, to] = [Math.floor((k * count) / folds), Math.floor(((k + 1) * count) / folds)];
    const others = new Uint32Array(count - (to - from));
    others.set(order.subarray(to));
    others.set(order.subarray(0, from), count - to);
    return assemble(table.name, selection, options, {
      test: order.subarray(from, to),
      validation: others.subarray(0, validation),
      train: others.subarray(validation),
    });
  });
}

/** Takes the rows of each set, fills gaps with the means of the training rows, and fits the preparation. */
function assemble(
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
  return { ...dataset({ name, inputNames, outputNames, train, test, validation, prepare }), test, missing };
}

function requireTraining(rows: number, taken: string, count: number, file: string): void {
  if (rows > 0) return;
  throw new DatasetError(`${file}: ${taken} leave none of ${count} to train on`, {
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

function sizeOf(what: string, asked: number, count: number, file: string, least: number): number {
  const rows = asked > 0 && asked < 1 ? Math.max(1, Math.round(asked * count)) : asked;
  if (wholeFault(rows, least)) {
    throw new DatasetError(
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
      throw new DatasetError(
        `column '${name}' has no value in any training row: its mean cannot fill the gaps`,
        {
          code: "missing_value",
        },
      );
    }
    return sum / count;
  });
}

function fill(rows: Float64Array, means: readonly number[]): void {
  for (let i = 0; i < rows.length; i++) if (Number.isNaN(rows[i]!)) rows[i] = means[i % means.length]!;
}
