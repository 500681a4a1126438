import { basename } from "node:path";
import { parse } from "csv-parse/sync";
import { fileBytes } from "../files/bytes.ts";
import type { Precision } from "../table/store.ts";
import type { Header, Table } from "../table/table.ts";
import { TableBuilder } from "./builder.ts";
import { type Delimiter, guessDelimiter, namesOf } from "./dialect.ts";
import { empty, type Head, readHead } from "./head.ts";
import { textRecords } from "./records.ts";
import { NumberScanner } from "./scanner.ts";

export interface TextOptions {
  /** Whether the first record holds names; guessed where not given. */
  header?: boolean;
  /** Guessed from the first line where not given. */
  delimiter?: Delimiter;
  /** Default `float64`. */
  precision?: Precision;
}

/** What is settled before the first row. */
interface Setting {
  readonly file: string;
  readonly delimiter: Delimiter;
  readonly precision: Precision;
  readonly header: boolean | undefined;
}

/** Reads CSV, TSV and the like, gzip or not, in memory bounded by its numbers. Lines that begin with `#` before the first
 *  record are comments; the last of them holds the names where the first record is numbers and it has as many words. */
export async function readText(path: string, options: TextOptions = {}): Promise<Table> {
  const file = basename(path);
  const chunks = fileBytes(path);
  try {
    const head = await readHead(chunks, file);
    const { header, precision = "float64", delimiter = guessDelimiter(head.text) } = options;
    const setting = { file, delimiter, precision, header };
    // A quoted name may go on in the next line; then the general reader must find the end of the header.
    const whole = (head.text.split('"').length - 1) % 2 === 0;
    return whole ? await readNumbers(head, chunks, setting) : await readQuoted(head, chunks, setting);
  } finally {
    await chunks.return(undefined);
  }
}

/** Header by the general reader, rows by the fast one for as long as none has a quote. */
async function readNumbers(head: Head, chunks: AsyncGenerator<Buffer>, setting: Setting): Promise<Table> {
  const { file, delimiter, precision } = setting;
  const { columns, header, inBody } = headerOf(head, setting);
  const builder = new TableBuilder(file, columns, header, precision);
  const scanner = new NumberScanner(builder, delimiter, inBody ? head.line : head.line + 1);
  let rest = head.bytes.subarray(inBody ? head.from : head.to);
  for (let last = false; !last; ) {
    const next = await chunks.next();
    last = next.done === true;
    if (next.value) rest = Buffer.concat([rest, next.value]);
    const taken = scanner.take(rest, last);
    rest = rest.subarray(taken.next);
    if (!taken.quoted) continue;
    const others = textRecords(resume(rest, chunks), { file, delimiter, firstLine: scanner.line });
    for await (const { cells, line } of others) builder.add(cells, line);
    break;
  }
  return builder.finish();
}

/** Everything by the general reader. */
async function readQuoted(head: Head, chunks: AsyncGenerator<Buffer>, setting: Setting): Promise<Table> {
  const { file, delimiter, precision } = setting;
  const bytes = resume(head.bytes.subarray(head.from), chunks);
  let builder: TableBuilder | undefined;
  for await (const { cells, line } of textRecords(bytes, { file, delimiter, firstLine: head.line })) {
    if (!builder) {
      const { columns, header } = namesOf(cells, setting.header, file, line);
      builder = new TableBuilder(file, columns, header, precision);
      if (header !== "none") continue;
    }
    builder.add(cells, line);
  }
  if (!builder) throw empty(file);
  return builder.finish();
}

/** The names, and whether the first record is already a row. */
function headerOf(head: Head, setting: Setting): { columns: string[]; header: Header; inBody: boolean } {
  const { delimiter, file, header } = setting;
  const first = namesOf(cellsOf(head.text, delimiter), header, file, head.line);
  const named = first.header === "none" && header === undefined && head.comment !== undefined;
  if (!named) return { ...first, inBody: first.header === "none" };
  const words = cellsOf(head.comment!, delimiter);
  if (words.length !== first.columns.length) return { ...first, inBody: true };
  const names = namesOf(words, undefined, file, head.line - 1);
  return names.header === "none" ? { ...first, inBody: true } : { ...names, inBody: true };
}

function cellsOf(line: string, delimiter: Delimiter): string[] {
  const records: string[][] = parse(line, { delimiter, relax_column_count: true, relax_quotes: true });
  const cells = records[0] ?? [];
  return delimiter === " " ? cells.filter((cell) => cell !== "") : cells;
}

async function* resume(start: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield start;
  yield* rest;
}
