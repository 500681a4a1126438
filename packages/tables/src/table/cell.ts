import type { FaultKind } from "./faults.ts";

/** How a kind of file counts its rows and holds its cells. */
export interface CellRules<Cell> {
  /** What stands before a number in messages: `line`, or `sheet 'Runs', row`. */
  readonly unit: string;
  /** The number in a cell, or what it is instead. */
  readonly parse: (cell: Cell) => number | FaultKind;
  /** The cell as names and messages have it; empty where it is. */
  readonly show: (cell: Cell) => string;
}

const missing = new Set(["", "na", "n/a", "#n/a", "nan", "-nan", "null", "none"]);
const infinite = /^[+-]?inf(inity)?$/i;
const number = /^[+-]?(\d+\.?\d*|\.\d+)([eEdD][+-]?\d+)?$/;

/** Reads one cell: a finite decimal number (`1.5`, `-2e-9`, `.5`, Fortran's `1d3`), or what it is instead. */
export function parseCell(cell: string): number | FaultKind {
  const text = cell.trim();
  if (number.test(text)) {
    const value = Number(text.replace(/[dD]/, "e"));
    return Number.isFinite(value) ? value : "infinite";
  }
  if (missing.has(text.toLowerCase())) return "missing";
  return infinite.test(text) ? "infinite" : "text";
}

/** Reads cells of a table with this separator: where it is a semicolon or a tab, as in lands that write a
 *  decimal comma, a single comma in a cell is the decimal point. */
function cellParser(delimiter: string): (cell: string) => number | FaultKind {
  if (delimiter !== ";" && delimiter !== "\t") return parseCell;
  return (cell) => parseCell(/^[^.,]*,[^.,]*$/.test(cell) ? cell.replace(",", ".") : cell);
}

/** Cells of a text file with this separator. */
export function textCells(delimiter: string): CellRules<string> {
  return { unit: "line", parse: cellParser(delimiter), show: (cell) => cell.trim() };
}
