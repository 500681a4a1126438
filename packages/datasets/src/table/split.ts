import type { Fit } from "@stiffnet/preparation";
import { type Dataset, dataset, type Samples } from "../dataset.ts";
import { DatasetError } from "../errors.ts";
import { permutation, randomStream } from "../random.ts";
import { type MissingReport, type SelectOptions, selectSamples } from "./select.ts";
import type { Table } from "./table.ts";

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

/** Splits the rows of a table at random: a function of (values, options) alone. The test rows are drawn first, so they
 *  are the same whatever is then taken for validation. */
export function splitTable(table: Table, options: SplitOptions): SplitDataset {
  const selection = selectSamples(table, options);
  const { count, inputNames, outputNames } = selection;
  const test = sizeOf("test", options.test ?? 0.2, count, table.name, 1);
  const validation = sizeOf("validation", options.validation ?? 0, count, table.name, 0);
  if (test + validation >= count) {
    throw new DatasetError(
      `${table.name}: ${test} test and ${validation} validation rows leave none of ${count} to train on`,
      { code: "empty_set", place: { file: table.name } },
    );
  }
  const order = permutation(count, randomStream(options.seed ?? 1, "split", options.trial ?? 0));
  const train = takeRows(selection, order.subarray(test + validation));
  const means = columnMeans(train.inputs, inputNames);
  const sets = [train, takeRows(selection, order.subarray(0, test))];
  if (validation > 0) sets.push(takeRows(selection, order.subarray(test, test + validation)));
  for (const set of sets) fill(set.inputs, means);
  return {
    ...dataset({
      name: table.name,
      inputNames,
      outputNames,
      train,
      validation: sets[2],
      prepare: options.prepare,
      test: sets[1],
    }),
    test: sets[1]!,
    missing: selection.missing,
  };
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
  if (!Number.isInteger(rows) || rows < least) {
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
