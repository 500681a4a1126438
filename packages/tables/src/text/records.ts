import type { CsvError } from "csv-parse";
import { csvRecords } from "#csv";
import { TableError } from "../errors.ts";
import { longestRecord } from "./bytes.ts";
import type { Delimiter } from "./dialect.ts";

/** One record and the line it begins in, from 1. */
export interface TextRecord {
  readonly cells: string[];
  readonly line: number;
}

/** Splits text into records by RFC 4180: cells may be quoted, and hold separators, doubled quotes and line
 *  breaks. Empty lines are skipped. `firstLine` is the line number of the first byte. */
export async function* textRecords(
  chunks: AsyncIterable<Uint8Array>,
  options: { file: string; delimiter: Delimiter; firstLine?: number },
): AsyncGenerator<TextRecord> {
  const { file, delimiter, firstLine = 1 } = options;
  const setting = {
    ...{ delimiter, bom: true, relax_column_count: true, skip_empty_lines: true },
    max_record_size: longestRecord,
  };
  try {
    for await (const { record, lines } of csvRecords(chunks, setting)) {
      const breaks = record.reduce((sum, cell) => sum + cell.split("\n").length - 1, 0);
      const cells = delimiter === " " ? record.filter((cell) => cell !== "") : record;
      yield { cells, line: firstLine - 1 + lines - breaks };
    }
  } catch (error) {
    throw isCsvError(error) ? malformed(error, file, firstLine) : error;
  }
}

/** The library's class may be there twice, once of each build. */
function isCsvError(error: unknown): error is CsvError {
  return error instanceof Error && "code" in error && /^(CSV_|INVALID_)/.test(String(error.code));
}

function malformed(error: CsvError, file: string, firstLine: number): TableError {
  const lines = "lines" in error && typeof error.lines === "number" ? error.lines : 1;
  const line = firstLine - 1 + lines;
  const known: Record<string, string> = {
    CSV_QUOTE_NOT_CLOSED: "a quoted cell is not closed before the end of the file",
    CSV_INVALID_CLOSING_QUOTE:
      "a closing quote is followed by text, expected a separator or the end of the line",
    INVALID_OPENING_QUOTE:
      "a quote stands inside a cell, expected the whole cell to be quoted and the quote doubled",
    CSV_MAX_RECORD_SIZE: `a record is longer than ${longestRecord / 2 ** 20} MiB: this is not a table of text`,
  };
  return new TableError(`${file}, line ${line}: ${known[error.code] ?? error.message.split("\n")[0]}`, {
    code: "malformed_text",
    place: { file, line },
    cause: error,
  });
}
