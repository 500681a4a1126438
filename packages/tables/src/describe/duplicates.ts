import { firstEqual } from "../table/equal-rows.ts";
import type { Table } from "../table/table.ts";

/** Pairs (first, later) of columns, from 0, that are equal in every row; gaps equal gaps. */
export function duplicateColumns(table: Table): [number, number][] {
  const firsts = firstEqual(table.columns.length, table.count, (column, row) => table.at(row, column));
  return [...firsts.entries()].flatMap(([column, first]) => (first < column ? [[first, column]] : []));
}

/** How many rows equal an earlier one in every column. */
export function duplicateRows(table: Table): number {
  const firsts = firstEqual(table.count, table.columns.length, (row, column) => table.at(row, column));
  return firsts.reduce((copies, first, row) => copies + (first < row ? 1 : 0), 0);
}
