import { basename } from "node:path";
import { oneOf } from "@stiffnet/base";
import { TableError } from "../errors.ts";
import { writeHdf5 } from "../formats/write-hdf5.ts";
import { npyChunks, writeNpz } from "../formats/write-npy.ts";
import { writeParquet } from "../formats/write-parquet.ts";
import { checkOptions } from "../options.ts";
import type { Table } from "../table/table.ts";
import { jsonLinesChunks, textChunks } from "../text/write.ts";
import { type Format, formatByName } from "./format.ts";
import { streamTo } from "./stream-to.ts";
import { writeFileWhole } from "./write-file-whole.ts";

export interface WriteOptions {
  /** By the ending of the name where not given: .csv, .tsv, .jsonl (each also .gz), .npy, .npz, .parquet,
   *  .h5, .nc. */
  format?: Exclude<Format, "xlsx">;
}

/** Writes all columns and rows of a table, exactly: reading gives the same float64 values. The file is
 *  written aside and then renamed. NPY keeps no names of columns; the others do. Missing values are empty
 *  cells, null or NaN.
 *
 *  A column that holds text or infinities where it was read cannot be written, and is refused by name. */
export async function writeTable(table: Table, path: string, options: WriteOptions = {}): Promise<void> {
  checkOptions<WriteOptions>("writeTable", options, {
    format: oneOf("text", "jsonl", "npy", "npz", "parquet", "hdf5"),
  });
  const file = basename(path);
  const format = options.format ?? formatByName(file);
  requireNumbers(table, file);
  await writeFileWhole(path, async (aside) => {
    switch (format) {
      case "text":
        return streamTo(
          aside,
          textChunks(table, /\.(tsv|tab)(\.gz)?$/i.test(file) ? "\t" : ","),
          file.endsWith(".gz"),
        );
      case "jsonl":
        return streamTo(aside, jsonLinesChunks(table), file.endsWith(".gz"));
      case "npy":
        return streamTo(aside, npyChunks(table), false);
      case "npz":
        return writeNpz(table, aside);
      case "parquet":
        return writeParquet(table, aside);
      case "hdf5":
        return writeHdf5(table, aside);
      default:
        throw new TableError(
          `${file}: the ending names no format, expected .csv, .tsv, .jsonl, .npy, .npz, .parquet, .h5 or .nc`,
          { code: "unknown_format", place: { file } },
        );
    }
  });
}

function requireNumbers(table: Table, file: string): void {
  for (const [index, name] of table.columns.entries()) {
    const { text, infinite, first } = table.faults(index);
    const fault = first.text ?? first.infinite;
    if (text + infinite === 0 || !fault) continue;
    throw new TableError(
      `${file}: column '${name}' of ${table.name} holds '${fault.found}' at ${fault.place}, only numbers can be written`,
      { code: "not_a_number", place: { file, column: index + 1 } },
    );
  }
}
