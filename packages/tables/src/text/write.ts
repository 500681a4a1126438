import type { Table } from "../table/table.ts";

/** Rows gathered in one piece of output. */
const rowsAtOnce = 1024;

/** A header and a line for each row; missing values are empty. The shortest digits that give the same
 *  float64. */
export function* textChunks(table: Table, delimiter: "," | "\t"): Generator<string> {
  yield `${table.columns.map((name) => quoted(name, delimiter)).join(delimiter)}\n`;
  yield* lines(table, (row) =>
    table.columns
      .map((_, column) => {
        const value = table.at(row, column);
        return Number.isNaN(value) ? "" : digits(value);
      })
      .join(delimiter),
  );
}

/** One object a line; missing values are null. */
export function* jsonLinesChunks(table: Table): Generator<string> {
  const keys = table.columns.map((name) => JSON.stringify(name));
  yield* lines(table, (row) => {
    const cells = keys.map((key, column) => {
      const value = table.at(row, column);
      return `${key}:${Number.isNaN(value) ? "null" : digits(value)}`;
    });
    return `{${cells.join(",")}}`;
  });
}

function* lines(table: Table, line: (row: number) => string): Generator<string> {
  for (let start = 0; start < table.count; start += rowsAtOnce) {
    let piece = "";
    for (let row = start; row < Math.min(table.count, start + rowsAtOnce); row++) piece += `${line(row)}\n`;
    yield piece;
  }
}

/** JavaScript prints -0 as 0. */
function digits(value: number): string {
  return Object.is(value, -0) ? "-0" : `${value}`;
}

function quoted(name: string, delimiter: string): string {
  return /["\r\n]/.test(name) || name.includes(delimiter) || name.trim() !== name
    ? `"${name.replaceAll('"', '""')}"`
    : name;
}
