import { noteInput } from "@stiffnet/base/files";
import { joinColumns, readTable, type Table } from "@stiffnet/tables";
import { given } from "@stiffnet/terminal";
import type { StudyFields } from "../configuration/fields.ts";

/** Location of a table and the way to read it, as plain data, so that any process reads the same one. */
export type TableSource = Pick<
  Extract<StudyFields["data"], { kind: "table" }>,
  "file" | "others" | "header" | "decimal" | "arrays" | "names"
>;

/** The table of one file, or of several side by side. */
export async function readSource(source: TableSource): Promise<Table> {
  return (await readParts(source)).table;
}

/** That, and how many columns each file has. */
export async function readParts({
  file,
  others = [],
  header,
  decimal,
  arrays,
  names,
}: TableSource): Promise<{ table: Table; widths: number[] }> {
  const options = given({ header, decimal, arrays });
  const tables: Table[] = [];
  // Reading two large files at the same time would double the memory.
  for (const path of [file, ...others]) {
    noteInput(path);
    tables.push(await readTable(path, options));
  }
  const joined = joinColumns(tables);
  return {
    table: names === undefined ? joined : joined.withColumns(names),
    widths: tables.map(({ columns }) => columns.length),
  };
}
