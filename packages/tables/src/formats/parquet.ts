import { fileError, reasonOf, TableError } from "../errors.ts";
import { TableBuilder } from "../table/builder.ts";
import { storedCells } from "../table/cell.ts";
import type { Table } from "../table/table.ts";
import { refuseBomb } from "./bomb.ts";

/** Reads the flat columns of a Parquet file, one row group at a time. Nulls are missing values; whole
 *  numbers, booleans and decimals become float64; columns of text or dates are read as text, which does no
 *  harm until they are chosen. Nested columns are left out with a note. */
export async function readParquet(path: string, file: string): Promise<Table> {
  const { asyncBufferFromFile, parquetMetadataAsync, parquetRead, parquetSchema } = await import("hyparquet");
  const { compressors } = await import("hyparquet-compressors");
  try {
    const buffer = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(buffer);
    const fields = parquetSchema(metadata).children;
    const flat = fields.filter(
      ({ children, element }) => children.length === 0 && element.repetition_type !== "REPEATED",
    );
    const columns = flat.map(({ element }) => element.name);
    const rows = Number(metadata.num_rows);
    const lacking = columns.length === 0 ? "no flat column" : rows === 0 ? "no rows" : undefined;
    if (lacking !== undefined) throw fileError(file, `has ${lacking}, expected rows of numbers`, "no_rows");
    refuseBomb(file, file, buffer.byteLength, 8 * rows * columns.length, 1000);
    const builder = new TableBuilder(file, { columns }, storedCells);
    const { store } = builder;
    for (const group of metadata.row_groups) {
      const start = store.count;
      const end = start + Number(group.num_rows);
      const pending: { name: string; data: ArrayLike<unknown>; from: number }[] = [];
      await parquetRead({
        file: buffer,
        metadata,
        compressors,
        columns,
        rowStart: start,
        rowEnd: end,
        onChunk: ({ columnName, columnData, rowStart }) =>
          pending.push({ name: columnName, data: columnData, from: rowStart }),
      });
      const cells = pending.reduce((sum, { data }) => sum + data.length, 0);
      if (cells !== (end - start) * columns.length) {
        const what = `${cells} cells in rows ${start + 1} to ${end}, expected ${(end - start) * columns.length}`;
        throw fileError(file, what, "malformed_file");
      }
      store.extend(end - start);
      for (const { name, data, from } of pending) {
        const column = columns.indexOf(name);
        for (let i = 0; i < data.length; i++) {
          store.set(from + i, column, builder.value(data[i], column, from + i + 1, from + i));
        }
      }
    }
    const notes = fields
      .filter((field) => !flat.includes(field))
      .map(({ element }) => `column '${element.name}' is nested: left out`);
    return builder.finish(notes);
  } catch (error) {
    if (error instanceof TableError) throw error;
    const what = `not a complete Parquet file: ${reasonOf(error)}`;
    throw fileError(file, what, "malformed_file", { cause: error });
  }
}
