import { concatenated } from "@stiffnet/base";
import { TableBuilder } from "../table/builder.ts";
import { type Decimal, textCells } from "../table/cell.ts";
import type { Table } from "../table/table.ts";
import { longestRecord } from "./bytes.ts";
import { type Delimiter, guessDelimiter, namesOf } from "./dialect.ts";
import { finished } from "./finish.ts";
import { empty, type Head, readHead } from "./head.ts";
import { RecordScanner } from "./scanner.ts";

export interface TextOptions {
  /** Whether the first record of text or row of a sheet holds names; guessed where not given. */
  header?: boolean;
  /** Of text: guessed from the first line where not given. */
  delimiter?: Delimiter;
  /** Of text: the point (default), or the comma where cells are separated by semicolons or tabs and no number
   *  has a point. */
  decimal?: Decimal;
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
    const { header, decimal, delimiter = guessDelimiter(head.text, head.next) } = options;
    const cells = textCells(delimiter, decimal);
    const scanner = new RecordScanner(file, delimiter, head.line, decimal);
    let rest = head.bytes.subarray(head.from);
    let last = false;
    /** Reads as far as the end of another line: before it there is nothing more to scan. */
    const more = async (): Promise<void> => {
      const parts = [rest];
      let length = rest.length;
      for (let ended = false; !ended && !last; ) {
        if (length > longestRecord) throw scanner.tooLong();
        const next = await chunks.next();
        last = next.done === true;
        if (!next.value) continue;
        parts.push(next.value);
        length += next.value.length;
        ended = next.value.includes(10) || next.value.includes(13);
      }
      if (parts.length > 1) rest = concatenated(Uint8Array, parts);
    };
    let first = scanner.header(rest, 0, last);
    for (; !first && !last; first = scanner.header(rest, 0, last)) await more();
    if (!first) throw empty(file);
    const wide = (at: number): number =>
      new RecordScanner(file, delimiter, 0).header(rest, at, true)?.cells.length ?? 0;
    const setting = { header, file, cells };
    const { inBody, ...names } = headerOf(first.cells, head, delimiter, setting);
    // R writes tables between spaces with one name less than cells: the first cell of each row is its name.
    if (!inBody && delimiter === " " && wide(first.next) === names.columns.length + 1)
      names.columns.unshift("row");
    if (inBody) scanner.line = head.line;
    else rest = rest.subarray(first.next);
    const builder = new TableBuilder(file, names, cells);
    scanner.fill(builder);
    for (;;) {
      rest = rest.subarray(scanner.take(rest, last));
      if (last) return finished(builder);
      await more();
    }
  } finally {
    await chunks.return(undefined);
  }
}

/** The names, and whether the first record is already a row. */
function headerOf(
  cells: readonly string[],
  head: Head,
  delimiter: Delimiter,
  setting: Parameters<typeof namesOf<string>>[1],
): ReturnType<typeof namesOf> & { inBody: boolean } {
  const first = namesOf(cells, setting, head.line);
  if (first.header !== "none") return { ...first, inBody: false };
  if (setting.header === undefined && head.comment !== undefined) {
    const words = head.comment
      .split(delimiter)
      .filter((word) => delimiter !== " " || word !== "")
      .map((word) => word.trim().replace(/^"(.*)"$/, "$1"));
    const names = namesOf(words, setting, head.line - 1);
    if (names.header !== "none" && words.length === cells.length) return { ...names, inBody: true };
  }
  return { ...first, inBody: true };
}
