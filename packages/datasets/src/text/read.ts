import { basename } from "node:path";
import { DatasetError } from "../errors.ts";
import { fileBytes } from "../files/bytes.ts";
import type { Precision } from "../table/store.ts";
import type { Table } from "../table/table.ts";
import { TableBuilder } from "./builder.ts";
import { type Delimiter, guessDelimiter, namesOf } from "./dialect.ts";
import { longestRecord, textRecords } from "./records.ts";

export interface TextOptions {
  /** Whether the first record holds names; guessed where not given. */
  header?: boolean;
  /** Guessed from the first line where not given. */
  delimiter?: Delimiter;
  /** Default `float64`. */
  precision?: Precision;
}

/** Reads CSV, TSV and the like, gzip or not, in memory bounded by its numbers. */
export async function readText(path: string, options: TextOptions = {}): Promise<Table> {
  const file = basename(path);
  const chunks = fileBytes(path);
  const { start, line } = await beginning(chunks, file);
  const delimiter = options.delimiter ?? guessDelimiter(line);
  let builder: TableBuilder | undefined;
  for await (const record of textRecords(resume(start, chunks), { file, delimiter })) {
    if (!builder) {
      const { columns, header } = namesOf(record.cells, options.header, file, record.line);
      builder = new TableBuilder(file, columns, header, options.precision ?? "float64");
      if (header !== "none") continue;
    }
    builder.add(record.cells, record.line);
  }
  if (!builder) throw empty(file);
  return builder.finish();
}

/** Reads up to the end of the first line that is not blank. */
async function beginning(
  chunks: AsyncGenerator<Buffer>,
  file: string,
): Promise<{ start: Buffer; line: string }> {
  let start = Buffer.alloc(0);
  for (;;) {
    const { value, done } = await chunks.next();
    if (value) start = Buffer.concat([start, value]);
    const text = start
      .toString("utf8")
      .replace(/^\uFEFF/, "")
      .replace(/^\s+/, "");
    const end = text.search(/[\r\n]/);
    if (text !== "" && (end >= 0 || done)) {
      requireText(start, file);
      return { start, line: end >= 0 ? text.slice(0, end) : text };
    }
    if (done) throw empty(file);
    if (start.length > longestRecord) {
      throw new DatasetError(
        `${file}, line 1: longer than ${longestRecord / 2 ** 20} MiB: this is not a table of text`,
        {
          code: "malformed_text",
          place: { file, line: 1 },
        },
      );
    }
  }
}

/** Refuses other encodings and binary files by their first bytes. */
function requireText(start: Buffer, file: string): void {
  const wide = (start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff);
  const zero = start.indexOf(0);
  if (!wide && zero < 0) return;
  const what = wide ? "is UTF-16" : `holds a zero byte at offset ${zero}`;
  throw new DatasetError(`${file}: ${what}, expected text in UTF-8`, { code: "not_text", place: { file } });
}

function empty(file: string): DatasetError {
  return new DatasetError(`${file}: is empty, expected a header and rows of numbers`, {
    code: "empty_file",
    place: { file },
  });
}

async function* resume(start: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield start;
  yield* rest;
}
