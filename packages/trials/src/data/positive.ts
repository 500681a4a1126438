import type { Table } from "@stiffnet/tables";
import { BenchError } from "@stiffnet/terminal";

/** Refuses a value without a logarithm, by its place. A preparation would count the rows and columns that it
 *  is given, which are not those of the table. The rows count from 1. */
export function requirePositive(
  table: Pick<Table, "name" | "columns" | "at">,
  rows: Iterable<number>,
  names: readonly string[] = [],
): void {
  const columns = names.map((name) => table.columns.indexOf(name));
  for (const row of rows) {
    for (const column of columns) {
      const value = table.at(row - 1, column);
      if (!(value <= 0)) continue;
      throw new BenchError(
        `${table.name}, row ${row}, column '${table.columns[column]}': ${value} has no logarithm, expected a positive number`,
      );
    }
  }
}
