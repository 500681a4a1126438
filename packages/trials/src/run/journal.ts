import { existsSync, readFileSync, truncateSync } from "node:fs";
import { append } from "@stiffnet/base/files";

// Records, one JSON object a line, appended as trials end. A crash or a full disk may tear the last line:
// every whole line before it counts.

/** The records of a file that another process may be writing. */
export function readRecords<T>(path: string): readonly T[] {
  return read<T>(path).records;
}

/** The records of a file to append to: a torn line is cut off. */
export function mendRecords<T>(path: string): readonly T[] {
  const { records, bytes, torn } = read<T>(path);
  if (torn) truncateSync(path, bytes);
  return records;
}

export function appendRecord(path: string, record: object): void {
  append(path, `${JSON.stringify(record)}\n`);
}

/** The whole lines of a file, and how many bytes they take. */
function read<T>(path: string): { records: T[]; bytes: number; torn: boolean } {
  const records: T[] = [];
  let bytes = 0;
  if (!existsSync(path)) return { records, bytes, torn: false };
  const text = readFileSync(path);
  while (bytes < text.length) {
    const end = text.indexOf(10, bytes);
    if (end < 0) break;
    try {
      records.push(JSON.parse(text.toString("utf8", bytes, end)));
    } catch {
      break;
    }
    bytes = end + 1;
  }
  return { records, bytes, torn: bytes < text.length };
}
