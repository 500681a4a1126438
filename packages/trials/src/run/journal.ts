import { existsSync, readFileSync, truncateSync } from "node:fs";
import { append } from "@stiffnet/base/files";

/** Records, one JSON object a line, appended as trials end. A line torn by a crash or a full disk is cut off
 *  when the file is next opened; every whole line before it counts. */
export class Journal<T> {
  readonly path: string;
  readonly #records: T[];

  constructor(path: string) {
    this.path = path;
    const { records, bytes, torn } = existsSync(path)
      ? read<T>(path)
      : { records: [], bytes: 0, torn: false };
    if (torn) truncateSync(path, bytes);
    this.#records = records;
  }

  get records(): readonly T[] {
    return this.#records;
  }

  append(record: T): void {
    append(this.path, `${JSON.stringify(record)}\n`);
    this.#records.push(record);
  }
}

/** The records of a file that another process may be writing. */
export function readRecords<T>(path: string): readonly T[] {
  return existsSync(path) ? read<T>(path).records : [];
}

/** The whole lines of a file, and how many bytes they take. */
function read<T>(path: string): { records: T[]; bytes: number; torn: boolean } {
  const text = readFileSync(path);
  const records: T[] = [];
  let bytes = 0;
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
