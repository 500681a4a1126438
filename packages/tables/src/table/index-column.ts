import type { ColumnChoice } from "./columns.ts";
import type { TableView } from "./view.ts";

/** Whether a column only counts the rows, from 0 or 1, under a name that programs give to such a column:
 *  none, as pandas and R write it, and what pandas makes of that when it reads it again. */
function countsRows(table: TableView, column: number): boolean {
  const name = table.columns[column]!;
  const nameless = name === `c${column + 1}` && table.header !== "none";
  if (!nameless && !/^(Unnamed: 0|index|__index_level_0__)$/.test(name)) return false;
  const first = table.at(0, column);
  if (table.count < 2 || (first !== 0 && first !== 1)) return false;
  for (let r = 0; r < table.count; r++) if (table.at(r, column) !== first + r) return false;
  return true;
}

/** The chosen columns less those that count the rows, unless the choice names that column itself or chooses
 *  no other. */
export function withoutIndex(
  table: TableView,
  choice: ColumnChoice,
  chosen: readonly number[],
): { readonly columns: readonly number[]; readonly notes: readonly string[] } {
  const list = (Array.isArray(choice) ? choice : [choice]) as readonly (string | number | RegExp)[];
  const parts = list.flatMap<string | number | RegExp>((part) =>
    typeof part === "string" ? part.split(",") : [part],
  );
  const named = (column: number): boolean =>
    parts.some((part) => `${part}`.trim() === `${column + 1}` || part === table.columns[column]);
  const counting = chosen.filter((column) => !named(column) && countsRows(table, column));
  const columns = chosen.filter((column) => !counting.includes(column));
  if (columns.length === 0) return { columns: chosen, notes: [] };
  const notes = counting.map(
    (column) =>
      `column ${column + 1} ('${table.columns[column]}') is left out, because it only counts the rows (an index, as pandas writes it)`,
  );
  return { columns, notes };
}
