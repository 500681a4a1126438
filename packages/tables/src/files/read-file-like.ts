import { TableError } from "../errors.ts";
import { readJsonLines } from "../formats/jsonl.ts";
import { readXlsx } from "../formats/xlsx.ts";
import type { Table } from "../table/table.ts";
import { readText } from "../text/read.ts";
import { checkReadOptions, type FileLike, type ReadOptions, requireUsed } from "./file-like.ts";
import { formatOf } from "./format.ts";

/** Reads text, JSON lines and Excel workbooks of a file that is held in memory; see `readTable`. */
export async function readFileLike(source: FileLike, options: ReadOptions): Promise<Table> {
  checkReadOptions(options);
  const { name: file } = source;
  const bytes = new Uint8Array(await source.arrayBuffer());
  const format = options.format ?? formatOf(file, bytes.subarray(0, 512));
  requireUsed(options, format, file);
  const { precision = "float64", header, arrays } = options;
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    throw unsupported(
      `${file}: is compressed with gzip, expected the unpacked file (a path may lead to a compressed one)`,
      file,
    );
  }
  if (format === "jsonl") return readJsonLines(pieces(bytes), { file, precision });
  if (format === "xlsx") return readXlsx(bytes, { file, precision, header, arrays });
  if (format === "text") return readText(pieces(bytes), file, options);
  throw unsupported(
    `${file}: is ${format.toUpperCase()}, which can only be read from a path, expected text, JSON lines or XLSX`,
    file,
  );
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

function unsupported(message: string, file: string): TableError {
  return new TableError(message, { code: "unsupported", place: { file } });
}
