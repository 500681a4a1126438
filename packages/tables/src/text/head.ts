import { concatenated } from "@stiffnet/base";
import { fileError, type TableError } from "../errors.ts";
import { longestRecord, textOf } from "./bytes.ts";

/** How much is looked at before the first line must have ended. */
const glance = 2 ** 16;

/** The beginning of a text file. */
export interface Head {
  /** The bytes read so far, less a byte order mark. */
  readonly bytes: Uint8Array;
  /** Where in the bytes the first record begins. */
  readonly from: number;
  /** The first line, and its number from 1. */
  readonly text: string;
  readonly line: number;
  /** The line after it, as far as it was read. */
  readonly next: string;
  /** The last of the lines before it that begin with `#`, without the mark. */
  readonly comment: string | undefined;
}

/** Reads as far as the first line that is neither blank nor a comment. Throws where there is none, or no
 *  text. */
export async function readHead(chunks: AsyncGenerator<Uint8Array>, file: string): Promise<Head> {
  let bytes = new Uint8Array(0) as Uint8Array;
  let done = false;
  for (let wanted = glance; ; wanted = bytes.length + 1) {
    while (!done && bytes.length < wanted) {
      const next = await chunks.next();
      if (next.done) done = true;
      else bytes = concatenated(Uint8Array, [bytes, next.value]);
    }
    requireText(bytes, file);
    const head = firstLine(bytes, done, file);
    if (head) return head;
    if (done) throw empty(file);
    if (bytes.length > longestRecord) {
      const what = `longer than ${longestRecord / 2 ** 20} MiB: this is not a table of text`;
      throw fileError(file, what, "malformed_text", { line: 1 });
    }
  }
}

function firstLine(all: Uint8Array, done: boolean, file: string): Head | undefined {
  const bytes = all[0] === 0xef && all[1] === 0xbb && all[2] === 0xbf ? all.subarray(3) : all;
  let from = 0;
  let comment: string | undefined;
  for (let line = 1; from < bytes.length; line++) {
    const end = lineEnd(bytes, from);
    if (end < 0 && !done) return undefined;
    const stop = end < 0 ? bytes.length : end;
    const text = decode(bytes.subarray(from, stop), file, line);
    const to = end < 0 ? stop : end + (bytes[end] === 13 && bytes[end + 1] === 10 ? 2 : 1);
    if (text.startsWith("#")) comment = text.slice(1).trim();
    else if (text.trim() !== "") {
      const [next = ""] = textOf(bytes.subarray(to)).split(/[\r\n]/, 1);
      return { bytes, from, text, line, next, comment };
    }
    from = to;
  }
  return undefined;
}

function lineEnd(bytes: Uint8Array, from: number): number {
  const feed = bytes.indexOf(10, from);
  const back = bytes.indexOf(13, from);
  return Math.min(back, feed) < 0 ? Math.max(back, feed) : Math.min(back, feed);
}

function decode(bytes: Uint8Array, file: string, line: number): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw fileError(file, "bytes that are not UTF-8, expected text in UTF-8", "not_text", { line });
  }
}

/** Refuses other encodings and binary files by their first bytes. */
function requireText(start: Uint8Array, file: string): void {
  const wide = (start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff);
  const zero = start.indexOf(0);
  if (!wide && zero < 0) return;
  const what = wide ? "is UTF-16" : `holds a zero byte at offset ${zero}`;
  throw fileError(file, `${what}, expected text in UTF-8`, "not_text");
}

export function empty(file: string): TableError {
  return fileError(file, "is empty, expected a header and rows of numbers", "empty_file");
}
