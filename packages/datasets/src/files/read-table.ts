import type { Table } from "../table/table.ts";
import { readText, type TextOptions } from "../text/read.ts";

export interface ReadOptions extends TextOptions {}

/** Reads a table of numbers from a file. */
export async function readTable(path: string, options: ReadOptions = {}): Promise<Table> {
  return readText(path, options);
}
