import { basename } from "node:path";
import { readHdf5 } from "../formats/hdf5.ts";
import { readNpz } from "../formats/npz.ts";
import { readParquet } from "../formats/parquet.ts";
import { refuseZipBomb } from "../formats/zip.ts";
import type { Table } from "../table/table.ts";
import { fileBytes, firstBytes } from "./bytes.ts";
import { formatOf } from "./format.ts";
import { readBytes, readFileLike } from "./read-file-like.ts";
import { checkReadOptions, type FileLike, type ReadOptions, requireUsed } from "./read-options.ts";

/** Reads a table of numbers from a file: text (CSV, TSV and the like), JSON lines, NPY, NPZ, Parquet, HDF5,
 *  NetCDF-4 or a sheet of an Excel workbook (.xlsx); text, JSON lines and NPY also under gzip. Memory stays
 *  near that of the numbers, 8 bytes each; of an NPY array, and of a workbook with its texts, the file itself
 *  is held beside them.
 *
 *  A `File` that a visitor chose in a page is read too: text, JSON lines, NPY and workbooks, by the same
 *  rules, in browsers as in Node.
 *
 *  Throws `TableError`, one line that names the file and the line or row, where the file cannot be read.
 *  Cells that hold no number are no error until their column is chosen. */
export async function readTable(path: string | FileLike, options: ReadOptions = {}): Promise<Table> {
  if (typeof path !== "string") return readFileLike(path, options);
  checkReadOptions(options);
  const file = basename(path);
  const { arrays } = options;
  const format = options.format ?? formatOf(file, await firstBytes(path, 512));
  requireUsed(options, format, file);
  if (format === "npz") return readNpz(path, { file, arrays });
  if (format === "parquet") return readParquet(path, file);
  if (format === "hdf5") return readHdf5(path, { file, arrays });
  if (format === "xlsx") await refuseZipBomb(path, file, "XLSX");
  return readBytes(format, fileBytes(path), file, options);
}
