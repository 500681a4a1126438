import type { Table } from "../table/table.ts";

/** Rows gathered in one piece of output. */
const rowsAtOnce = 1024;

/** A header and a line for each row; missing values are empty. The shortest digits that give the same
 *  float64. */
export function* textChunks(table: Table, delimiter: "," | "\t"): Generator<string> {
  yield `${table.columns.map((name) => quoted(name, delimiter)).join(delimiter)}\n`;
  for (let start = 0; start < table.count; start += rowsAtOnce) {
    let piece = "";
    for (let row = start; row < Math.min(table.count, start + rowsAtOnce); row++) {
      piece += `${table.columns.map((_, column) => digits(table.at(row, column))).join(delimiter)}\n`;
    }
    yield piece;
  }
}

/** JavaScript prints -0 as 0. */
function digits(value: number): string {
  if (Number.isNaN(value)) return "";
  return Object.is(value, -0) ? "-0" : `${value}`;
}

function quoted(name: string, delimiter: string): string {
  return /["\r\n]/.test(name) || name.includes(delimiter) || name.trim() !== name
    ? `"${name.replaceAll('"', '""')}"`
    : name;
}
