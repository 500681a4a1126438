import { fileError } from "../errors.ts";
import type { TableBuilder } from "../table/builder.ts";
import type { Table } from "../table/table.ts";

/** The table of a text file or a sheet. */
export function finished<Cell>(builder: TableBuilder<Cell>): Table {
  if (builder.store.count > 0) return builder.finish(numberedHeader(builder));
  throw fileError(builder.file, "a header and no rows, expected at least one row of numbers", "no_rows");
}

/** Rows below which a first row is no stranger to the others. */
const fewRows = 5;

/** Says so where the first line looks like names that are numbers, as years are: whole numbers in equal
 *  steps, each beyond all other values of its column. */
function numberedHeader<Cell>({ store, columns: { length: columns }, header }: TableBuilder<Cell>): string[] {
  if (header !== "none" || store.count < fewRows || columns < 2) return [];
  const names = Array.from({ length: columns }, (_, c) => store.at(0, c));
  const step = names[1]! - names[0]!;
  const equal = names.every((name, c) => Number.isInteger(name) && name === names[0]! + c * step);
  if (!equal || step === 0) return [];
  for (let c = 0; c < columns; c++) {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let row = 1; row < store.count; row++) {
      const value = store.at(row, c);
      if (Number.isNaN(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
      if (low <= names[c]! && names[c]! <= high) return [];
    }
  }
  return [
    `the first line (${names.slice(0, 3).join(", ")}${columns > 3 ? ", ..." : ""}) is far from all other values in every column; if it holds the column names, use --header yes`,
  ];
}
