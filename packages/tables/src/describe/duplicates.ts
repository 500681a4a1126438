import { firstEqual } from "../table/equal-rows.ts";
import type { Table } from "../table/table.ts";

/** Pairs (first, later) of columns, from 0, that are equal in every row; gaps equal gaps. */
export function duplicateColumns(table: Table): [number, number][] {
  const { count, columns } = table;
  const textAt = textsOf(table);
  const firsts = firstEqual(columns.length, 2 * count, (column, i) =>
    i < count ? table.at(i, column) : textAt(i - count, column),
  );
  return [...firsts.entries()].flatMap(([column, first]) => (first < column ? [[first, column]] : []));
}

/** How many rows equal an earlier one in every column. */
export function duplicateRows(table: Table): number {
  const width = table.columns.length;
  const textAt = textsOf(table);
  const firsts = firstEqual(table.count, 2 * width, (row, i) =>
    i < width ? table.at(row, i) : textAt(row, i - width),
  );
  return firsts.reduce((copies, first, row) => copies + (first < row ? 1 : 0), 0);
}

/** A number for the text of a cell, the same for equal texts; 0 where a cell holds none. */
function textsOf(table: Table): (row: number, column: number) => number {
  const numbers = new Map<string, number>();
  const cells = table.columns.map((_, column) => table.faults(column).cells);
  return (row, column) => {
    const text = cells[column]![row];
    if (text === undefined) return 0;
    if (!numbers.has(text)) numbers.set(text, numbers.size + 1);
    return numbers.get(text)!;
  };
}
