import { fileError } from "../errors.ts";
import { readJsonLines } from "../formats/jsonl.ts";
import { readNpy } from "../formats/npy.ts";
import { readXlsx } from "../formats/xlsx.ts";
import type { Table } from "../table/table.ts";
import { whole } from "../text/bytes.ts";
import { readText } from "../text/read.ts";
import { type Format, formatOf } from "./format.ts";
import { checkReadOptions, type FileLike, type ReadOptions, requireUsed } from "./read-options.ts";

/** Reads text, JSON lines, NPY and Excel workbooks of a file that is held in memory; see `readTable`. */
export async function readFileLike(source: FileLike, options: ReadOptions): Promise<Table> {
  checkReadOptions(options);
  const { name: file } = source;
  const bytes = new Uint8Array(await source.arrayBuffer());
  const format = options.format ?? formatOf(file, bytes.subarray(0, 512));
  requireUsed(options, format, file);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    const what = "is compressed with gzip, expected the unpacked file (a path may lead to a compressed one)";
    throw fileError(file, what, "unsupported");
  }
  if (format === "npz" || format === "parquet" || format === "hdf5") {
    const what = `is ${format.toUpperCase()}, which can only be read from a path, expected text, JSON lines, NPY or XLSX`;
    throw fileError(file, what, "unsupported");
  }
  return readBytes(format, pieces(bytes), file, options);
}

/** Reads the formats that need no path. */
export async function readBytes(
  format: Exclude<Format, "npz" | "parquet" | "hdf5">,
  chunks: AsyncGenerator<Uint8Array>,
  file: string,
  options: ReadOptions,
): Promise<Table> {
  const { header, arrays } = options;
  if (format === "jsonl") return readJsonLines(chunks, file);
  if (format === "npy") return readNpy(await whole(chunks), { file });
  if (format === "xlsx") return readXlsx(await whole(chunks), { file, header, arrays });
  return readText(chunks, file, options);
}

const [piece, awake] = [2 ** 18, 2 ** 22];

/** As a path is read, because what is left of a piece is taken for one record. Now and then the page that
 *  reads has a turn. */
async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += piece) {
    if (at > 0 && at % awake === 0) await new Promise((resolve) => setTimeout(resolve));
    yield bytes.subarray(at, at + piece);
  }
}
