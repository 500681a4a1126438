import { quantileOf, whole } from "@stiffnet/base";
import { TableError } from "../errors.ts";
import { checkOptions, columnChoice } from "../options.ts";
import type { ColumnChoice } from "../table/columns.ts";
import { withoutIndex } from "../table/index-column.ts";
import { placeholderIn } from "../table/placeholder.ts";
import type { Table } from "../table/table.ts";
import type { Header } from "../table/view.ts";
import { correlations } from "./correlations.ts";
import { duplicateColumns, duplicateRows } from "./duplicates.ts";
import { type LinearDescription, linearDescription } from "./linear-description.ts";

/** What a column holds. Numbers are over the cells that hold one. */
export interface ColumnDescription {
  /** From 1. */
  readonly number: number;
  readonly name: string;
  /** Cells with a finite number, missing, with text, and infinite. */
  readonly numbers: number;
  readonly missing: number;
  readonly text: number;
  readonly infinite: number;
  /** These figures are NaN (null in JSON) where no cell holds a number. */
  readonly minimum: number;
  readonly maximum: number;
  readonly mean: number;
  /** Of the population. */
  readonly deviation: number;
  /** 5 %, 25 %, 50 %, 75 %, 95 %, interpolated linearly. */
  readonly quantiles: readonly number[];
  readonly constant: boolean;
  /** A number that often stands for a missing value (-999, 9999, 1e20 and their like), far from all others of
   *  the column, and in how many cells. */
  readonly placeholder?: { readonly value: number; readonly cells: number };
  /** All are positive, and the 95 % quantile is at least 30 times the 5 % one (19 times would be a uniform
   *  spread from 0): a candidate for a logarithm. */
  readonly spansDecades: boolean;
  /** Counts in bins of equal width from minimum to maximum. */
  readonly histogram: readonly number[];
}

/** What a table holds: plain data. */
export interface TableDescription {
  readonly name: string;
  readonly rows: number;
  readonly header: Header;
  readonly columns: readonly ColumnDescription[];
  /** Pairs of columns with the same values in every row, by name. */
  readonly duplicateColumns: readonly (readonly [string, string])[];
  /** Rows that an earlier row equals in every column. */
  readonly duplicateRows: number;
  /** Pearson correlations between the columns that vary; the strongest first, at most 20 pairs. */
  readonly correlations: readonly { readonly columns: readonly [string, string]; readonly value: number }[];
  /** What a linear fit explains, where inputs and outputs were given. */
  readonly linear?: LinearDescription;
  readonly digest: string;
  /** What was left out when the file was read, and which figures are of a part of the rows. */
  readonly notes: readonly string[];
}

export interface DescribeOptions {
  /** With `outputs`: also describe a linear fit. Rows with gaps in these columns are left out of it. */
  inputs?: ColumnChoice;
  outputs?: ColumnChoice;
  /** Of each histogram, default 20. */
  bins?: number;
}

/** Rows that quantiles, correlations and fits look at, evenly spaced. */
const enough = 100_000;

const levels = [0.05, 0.25, 0.5, 0.75, 0.95];

/** Describes a table: counts, ranges, missing values, constant and duplicate columns, duplicate rows,
 *  histograms, correlations and a linear fit. Of tables with more than 100,000 rows, quantiles, correlations
 *  and the fit are of evenly spaced rows, and a note says so. */
export function describeTable(table: Table, options: DescribeOptions = {}): TableDescription {
  checkOptions<DescribeOptions>("describeTable", options, {
    inputs: columnChoice,
    outputs: columnChoice,
    bins: whole(1),
  });
  const { bins = 20, inputs, outputs } = options;
  if ((inputs === undefined) !== (outputs === undefined)) {
    const [given, lacking] = inputs === undefined ? ["outputs", "inputs"] : ["inputs", "outputs"];
    throw new TableError(`describeTable: ${given} are given without ${lacking}, expected both or none`, {
      code: "bad_option",
    });
  }
  const step = Math.ceil(table.count / enough);
  const columns = table.columns.map((name, index) => describeColumn(table, name, index, bins, step));
  const varying = columns
    .filter((column) => column.numbers > 0 && !column.constant)
    .map((column) => column.number - 1);
  const notes = [...table.notes];
  // With a choice of columns, the selection says it.
  if (inputs === undefined) {
    const all = table.columns.map((_, index) => index);
    notes.push(...withoutIndex(table, [], all).notes.map((note) => `in training, ${note}`));
  }
  if (step > 1) notes.push(`quantiles, correlations and the linear fit use one row in ${step}`);
  return {
    name: table.name,
    rows: table.count,
    header: table.header,
    columns,
    duplicateColumns: duplicateColumns(table).map(
      ([a, b]) => [table.columns[a]!, table.columns[b]!] as const,
    ),
    duplicateRows: duplicateRows(table),
    correlations: correlations(table, varying, step, notes),
    ...(inputs !== undefined && outputs !== undefined
      ? { linear: linearDescription(table, { inputs, outputs }, step) }
      : {}),
    digest: table.digest(),
    notes,
  };
}

function describeColumn(
  table: Table,
  name: string,
  index: number,
  bins: number,
  step: number,
): ColumnDescription {
  const { missing, text, infinite } = table.faults(index);
  let numbers = 0;
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  let mean = 0;
  let squares = 0;
  const some: number[] = [];
  for (let r = 0; r < table.count; r++) {
    const x = table.at(r, index);
    if (Number.isNaN(x)) continue;
    numbers++;
    minimum = Math.min(minimum, x);
    maximum = Math.max(maximum, x);
    // Welford's update.
    const off = x - mean;
    mean += off / numbers;
    squares += off * (x - mean);
    if (r % step === 0) some.push(x);
  }
  const sorted = Float64Array.from(some).sort();
  const known = numbers > 0;
  const quantiles = levels.map((level) => quantileOf(sorted, level));
  const placeholder = known ? placeholderIn(table, index) : undefined;
  return {
    number: index + 1,
    name,
    numbers,
    missing,
    text,
    infinite,
    minimum: known ? minimum : Number.NaN,
    maximum: known ? maximum : Number.NaN,
    mean: known ? mean : Number.NaN,
    deviation: known ? Math.sqrt(squares / numbers) : Number.NaN,
    quantiles,
    constant: known && minimum === maximum,
    ...(placeholder && { placeholder }),
    spansDecades: known && minimum > 0 && quantiles[4]! >= 30 * quantiles[0]!,
    histogram: known ? histogram(table, index, minimum, maximum, bins) : [],
  };
}

function histogram(table: Table, index: number, minimum: number, maximum: number, bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  // Halves, so that the range of the largest numbers does not overflow.
  const width = maximum / 2 - minimum / 2;
  for (let r = 0; r < table.count; r++) {
    const x = table.at(r, index);
    if (Number.isNaN(x)) continue;
    const share = width > 0 ? (x / 2 - minimum / 2) / width : 0;
    counts[Math.min(bins - 1, Math.floor(share * bins))]!++;
  }
  return counts;
}
