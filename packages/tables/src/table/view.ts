import type { ColumnChoice } from "./columns.ts";
import type { ColumnFaults } from "./faults.ts";

/** How the names of the columns were found. */
export type Header = "read" | "guessed" | "none" | "stored";

/** What of a table selections and splits are made from. Rows and columns count from 0. */
export interface TableView {
  /** The file's name, for messages. */
  readonly name: string;
  readonly columns: readonly string[];
  /** How the names of the columns were found. */
  readonly header: Header;
  /** Rows. */
  readonly count: number;
  /** What was left out when the file was read, and why: one line each. */
  readonly notes: readonly string[];
  at(row: number, column: number): number;
  /** The cells of a column that are not finite numbers. */
  faults(column: number): ColumnFaults;
  /** What a cell says: its number or its text; empty where it is missing. */
  label(row: number, column: number): string;
  /** The chosen columns. Throws, naming the file, where there is no such column. */
  indices(choice: ColumnChoice, what?: string): number[];
}
