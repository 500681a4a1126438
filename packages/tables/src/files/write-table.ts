import { createWriteStream } from "node:fs";
import { basename } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { writeAside } from "@stiffnet/base/files";
import { fileError, reasonOf } from "../errors.ts";
import type { Table } from "../table/table.ts";
import { textChunks } from "../text/write.ts";

/** Writes all columns and rows of a table as text, exactly: reading gives the same float64 values. The name
 *  ends in .csv or .tsv, also under gzip (.gz). The file is written aside and then renamed. Missing values
 *  are empty cells.
 *
 *  A column that holds text or infinities where it was read cannot be written, and is refused by name. */
export async function writeTable(table: Table, path: string): Promise<void> {
  const file = basename(path);
  const [, kind, gzip] = /\.(csv|tsv)(\.gz)?$/i.exec(file) ?? [];
  if (kind === undefined) {
    throw fileError(
      file,
      "the ending names no format, expected .csv or .tsv, or .gz behind it",
      "unknown_format",
    );
  }
  requireNumbers(table, file);
  const chunks = Readable.from(textChunks(table, kind.toLowerCase() === "tsv" ? "\t" : ","));
  const write = (aside: string): Promise<void> =>
    gzip
      ? pipeline(chunks, createGzip(), createWriteStream(aside))
      : pipeline(chunks, createWriteStream(aside));
  await writeAside(path, write).catch((cause: unknown) => {
    throw fileError(file, `cannot be written: ${reasonOf(cause)}`, "unwritable_file", { cause });
  });
}

function requireNumbers(table: Table, file: string): void {
  for (const [index, name] of table.columns.entries()) {
    const { first } = table.faults(index);
    const fault = first.text ?? first.infinite;
    if (!fault) continue;
    const what = `holds '${fault.found}' at ${fault.place}, only numbers can be written`;
    const column = index + 1;
    throw fileError(file, `column '${name}' of ${table.name} ${what}`, "not_a_number", { column });
  }
}
