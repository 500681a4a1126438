import { Readable } from "node:stream";
import type { Options } from "csv-parse";

/** A record, and how many lines had been read at its end. */
export interface CsvRecord {
  readonly record: string[];
  readonly lines: number;
}

// The library is loaded when it is needed, so that the package starts fast.

/** Splits as the bytes come. */
export async function* csvRecords(
  chunks: AsyncIterable<Uint8Array>,
  options: Options,
): AsyncGenerator<CsvRecord> {
  const { parse } = await import("csv-parse");
  const parser = parse({ ...options, info: true });
  const source = Readable.from(chunks);
  source.once("error", (error) => parser.destroy(error));
  source.pipe(parser);
  type Found = { record: string[]; info: { lines: number } };
  try {
    for await (const { record, info } of parser as AsyncIterable<Found>) yield { record, lines: info.lines };
  } finally {
    source.destroy();
  }
}

/** The records of a short text. */
export async function csvText(text: string, options: Options): Promise<string[][]> {
  const { parse } = await import("csv-parse/sync");
  return parse(text, options);
}
