import { csvText } from "#csv";
import { type CellRules, textCells } from "../table/cell.ts";
import type { Precision } from "../table/store.ts";
import type { Header, Table } from "../table/table.ts";
import { TableBuilder } from "./builder.ts";
import { joined, longestRecord, textOf } from "./bytes.ts";
import { type Delimiter, guessDelimiter, namesOf } from "./dialect.ts";
import { empty, type Head, readHead } from "./head.ts";
import { textRecords } from "./records.ts";
import { NumberScanner } from "./scanner.ts";

export interface TextOptions {
  /** Whether the first record of text or row of a sheet holds names; guessed where not given. */
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
  readonly cells: CellRules<string>;
  readonly precision: Precision;
  readonly header: boolean | undefined;
}

/** Reads CSV, TSV and the like, in memory bounded by its numbers. Lines that begin with `#`
 *  before the first record are comments; the last of them holds the names where the first record is numbers
 *  and it has as many words. */
export async function readText(
  chunks: AsyncGenerator<Uint8Array>,
  file: string,
  options: TextOptions = {},
): Promise<Table> {
  try {
    const head = await readHead(chunks, file);
    const { header, precision = "float64", delimiter = guessDelimiter(head.text) } = options;
    const setting = { file, delimiter, cells: textCells(delimiter), precision, header };
    // A quoted name may go on in the next line; then the general reader must find the end of the header.
    const whole = (head.text.split('"').length - 1) % 2 === 0;
    return whole ? await readNumbers(head, chunks, setting) : await readQuoted(head, chunks, setting);
  } finally {
    await chunks.return(undefined);
  }
}

/** Header by the general reader, rows by the fast one for as long as none has a quote. */
async function readNumbers(head: Head, chunks: AsyncGenerator<Uint8Array>, setting: Setting): Promise<Table> {
  const { file, delimiter } = setting;
  const { inBody, ...names } = await headerOf(head, setting);
  const builder = new TableBuilder(file, names, setting);
  const scanner = new NumberScanner(builder, delimiter, inBody ? head.line : head.line + 1);
  let rest = head.bytes.subarray(inBody ? head.from : head.to);
  for (let last = false; !last; ) {
    const more: Uint8Array[] = [rest];
    let length = rest.length;
    // Without the end of a line there is nothing to scan yet.
    for (let ended = false; !ended && !last; ) {
      if (length > longestRecord) throw scanner.tooLong();
      const next = await chunks.next();
      last = next.done === true;
      if (!next.value) continue;
      more.push(next.value);
      length += next.value.length;
      ended = next.value.includes(10) || next.value.includes(13);
    }
    rest = more.length > 1 ? joined(more) : rest;
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
async function readQuoted(head: Head, chunks: AsyncGenerator<Uint8Array>, setting: Setting): Promise<Table> {
  const { file, delimiter } = setting;
  const bytes = resume(head.bytes.subarray(head.from), chunks);
  let builder: TableBuilder | undefined;
  for await (const { cells, line } of textRecords(bytes, { file, delimiter, firstLine: head.line })) {
    if (!builder) {
      const names = namesOf(cells, setting, line);
      builder = new TableBuilder(file, names, setting);
      if (names.header !== "none") continue;
    }
    builder.add(cells, line);
  }
  if (!builder) throw empty(file);
  return builder.finish();
}

/** The names, and whether the first record is already a row. */
async function headerOf(
  head: Head,
  setting: Setting,
): Promise<{ columns: string[]; header: Header; inBody: boolean }> {
  const { delimiter, header } = setting;
  const first = namesOf(await cellsOf(head.text, delimiter), setting, head.line);
  if (first.header !== "none") return { ...(await withRowNames(first, head, delimiter)), inBody: false };
  if (header === undefined && head.comment !== undefined) {
    const words = await cellsOf(head.comment, delimiter);
    const names = namesOf(words, setting, head.line - 1);
    if (names.header !== "none" && words.length === first.columns.length) return { ...names, inBody: true };
  }
  return { ...first, inBody: true };
}

/** R writes tables between spaces with one name less than cells: the first cell of each row is the row's
 *  name. */
async function withRowNames<T extends { columns: string[] }>(
  names: T,
  head: Head,
  delimiter: Delimiter,
): Promise<T> {
  if (delimiter !== " ") return names;
  const [second = ""] = textOf(head.bytes.subarray(head.to)).split(/[\r\n]/, 1);
  const cells = (await cellsOf(second, delimiter)).length;
  return cells === names.columns.length + 1 ? { ...names, columns: ["row", ...names.columns] } : names;
}

async function cellsOf(line: string, delimiter: Delimiter): Promise<string[]> {
  const options = { delimiter, relax_column_count: true, relax_quotes: true };
  const cells = (await csvText(line, options))[0] ?? [];
  return delimiter === " " ? cells.filter((cell) => cell !== "") : cells;
}

async function* resume(start: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield start;
  yield* rest;
}
