import { basename } from "node:path";
import { readHdf5 } from "../formats/hdf5.ts";
import { readJsonLines } from "../formats/jsonl.ts";
import { readNpyStream } from "../formats/npy.ts";
import { readNpz } from "../formats/npz.ts";
import { readParquet } from "../formats/parquet.ts";
import { readXlsx } from "../formats/xlsx.ts";
import { refuseZipBomb } from "../formats/zip.ts";
import type { Table } from "../table/table.ts";
import { joined } from "../text/bytes.ts";
import { readText } from "../text/read.ts";
import { fileBytes, fileSize, firstBytes } from "./bytes.ts";
import { checkReadOptions, type FileLike, type ReadOptions, requireUsed } from "./file-like.ts";
import { formatOf } from "./format.ts";
import { readFileLike } from "./read-file-like.ts";

/** Reads a table of numbers from a file: text (CSV, TSV and the like), JSON lines, NPY, NPZ, Parquet, HDF5,
 *  NetCDF-4 or a sheet of an Excel workbook (.xlsx); text and JSON lines also under gzip. Memory stays near
 *  that of the numbers: 8 bytes each, 4 with `precision: "float32"`; of a workbook the file itself, packed as
 *  it is, and its texts are held beside them.
 *
 *  A `File` that a visitor chose in a page is read too: text, JSON lines and workbooks, by the same rules, in
 *  browsers as in Node.
 *
 *  Throws `TableError`, one line that names the file and the line or row, where the file cannot be read.
 *  Cells that hold no number are no error until their column is chosen. */
export async function readTable(path: string | FileLike, options: ReadOptions = {}): Promise<Table> {
  if (typeof path !== "string") return readFileLike(path, options);
  checkReadOptions(options);
  const file = basename(path);
  const { precision = "float64", arrays, header } = options;
  const format = options.format ?? formatOf(file, await firstBytes(path, 512));
  requireUsed(options, format, file);
  switch (format) {
    case "text":
      return readText(fileBytes(path), file, options);
    case "jsonl":
      return readJsonLines(fileBytes(path), { file, precision });
    case "npy":
      return readNpyStream(fileBytes(path), { file, size: await fileSize(path), precision });
    case "npz":
      return readNpz(path, { file, precision, arrays });
    case "parquet":
      return readParquet(path, { file, precision });
    case "hdf5":
      return readHdf5(path, { file, precision, arrays });
    case "xlsx":
      await refuseZipBomb(path, file, "XLSX");
      return readXlsx(await whole(path), { file, precision, header, arrays });
  }
}

async function whole(path: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of fileBytes(path)) parts.push(part);
  return joined(parts);
}
