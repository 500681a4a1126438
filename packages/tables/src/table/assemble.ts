import { type Dataset, dataset, type Fits, type Samples, takeRows } from "@stiffnet/preparation";
import { TableError } from "../errors.ts";
import type { MissingReport, Selection } from "./select.ts";
import type { Unit } from "./units.ts";

/** A dataset that has a test set, and says what was done about missing values. */
export interface SplitDataset extends Dataset {
  readonly test: Samples;
  readonly missing: MissingReport;
  /** Row of the table of every test row, counted from 1. */
  readonly testRows: Uint32Array;
  /** Of every training row the first one of its group, which are consecutive: rows of a group and copies of a
   *  row. Only where there are any. */
  readonly trainGroups?: Uint32Array;
  /** The same of the test rows. */
  readonly testGroups?: Uint32Array;
  /** What a reader of results should know: of the file, of its rows, and of how they were split. */
  readonly notes: readonly string[];
}

/** The units of each set. */
export interface Sets {
  readonly train: readonly Unit[];
  readonly validation: readonly Unit[];
  readonly test: readonly Unit[];
}

/** Takes the rows of each set, fills gaps with the means of the training rows, and fits the preparation. */
export function assemble(
  name: string,
  selection: Selection,
  prepare: Fits | undefined,
  sets: Sets,
  notes: readonly string[],
): SplitDataset {
  const { inputNames, outputNames, missing, categories } = selection;
  const testOrder = sets.test.flat();
  const train = takeRows(selection, sets.train.flat());
  const test = takeRows(selection, testOrder);
  const validation = sets.validation.length > 0 ? takeRows(selection, sets.validation.flat()) : undefined;
  const means = columnMeans(train.inputs, inputNames);
  for (const set of [train, test, validation]) if (set) fill(set.inputs, means);
  const made = dataset({ name, inputNames, outputNames, train, test, validation, prepare, categories });
  const [trainGroups, testGroups] = [startsOf(sets.train), startsOf(sets.test)];
  return {
    ...made,
    test,
    missing,
    testRows: Uint32Array.from(testOrder, (row) => selection.rows[row]!),
    ...(trainGroups && { trainGroups }),
    ...(testGroups && { testGroups }),
    notes,
  };
}

/** Where the unit of each row begins; undefined where every unit is one row. */
function startsOf(units: readonly Unit[]): Uint32Array | undefined {
  if (units.every((unit) => unit.length === 1)) return undefined;
  const starts: number[] = [];
  for (const unit of units) {
    const start = starts.length;
    for (const _ of unit) starts.push(start);
  }
  return Uint32Array.from(starts);
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
