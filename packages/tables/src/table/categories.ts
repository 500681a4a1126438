import type { Category } from "@stiffnet/preparation";
import { TableError } from "../errors.ts";
import { label } from "./columns.ts";
import type { TableView } from "./view.ts";

/** What one input is read from: a column's number, or whether it holds this text. */
export interface InputReader {
  readonly name: string;
  readonly column: number;
  readonly value?: string;
}

/** More values than this name rows rather than kinds. */
const mostValues = 50;

/** How the inputs of columns are read. A column of texts alone has one input for each of its values, 1 where
 *  a row holds it and 0 elsewhere; `known` are the values to use, default those in the table. */
export function inputReaders(
  table: TableView,
  columns: readonly number[],
  known?: readonly Category[],
): { readonly readers: readonly InputReader[]; readonly categories: readonly Category[] } {
  const readers: InputReader[] = [];
  const categories: Category[] = [];
  for (const column of columns) {
    const name = table.columns[column]!;
    const before = known?.find((category) => category.name === name);
    const values = known ? before?.values : valuesIn(table, column);
    if (!values) readers.push({ name, column });
    else {
      if (before) requireKnown(table, column, before);
      categories.push({ name, first: readers.length, values });
      for (const value of values) readers.push({ name: `${name}=${value}`, column, value });
    }
  }
  return { readers, categories };
}

/** The texts of a column that holds nothing else, in the order of their characters; undefined where it holds
 *  numbers too. */
function valuesIn(table: TableView, column: number): readonly string[] | undefined {
  const { text, missing } = table.faults(column);
  if (text === 0 || text + missing < table.count) return undefined;
  const values = new Set<string>();
  for (let r = 0; r < table.count; r++) values.add(table.label(r, column));
  values.delete("");
  if (values.size <= Math.min(mostValues, text / 2)) return [...values].sort();
  const most = Math.floor(Math.min(mostValues, text / 2));
  throw new TableError(
    `${table.name}, column ${label(table.columns, column)}: ${values.size} different texts in ${text} rows, expected at most ${most} categories`,
    { code: "too_many_categories", place: { file: table.name, column: column + 1 } },
  );
}

function requireKnown(table: TableView, column: number, { values }: Category): void {
  for (let r = 0; r < table.count; r++) {
    const found = table.label(r, column);
    if (found === "" || values.includes(found)) continue;
    throw new TableError(
      `${table.name}, row ${r + 1}, column ${label(table.columns, column)}: '${found}', expected one of ${values.join(", ")}`,
      { code: "unknown_category", place: { file: table.name, row: r + 1, column: column + 1 } },
    );
  }
}

/** The number that a reader finds in a row; NaN where it finds none. */
export function inputAt(table: TableView, row: number, { column, value }: InputReader): number {
  if (value === undefined) return table.at(row, column);
  const found = table.label(row, column);
  return found === "" ? Number.NaN : Number(found === value);
}
