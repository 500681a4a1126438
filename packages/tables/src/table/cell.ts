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

/** The character before a number's fraction. */
export type Decimal = "." | ",";

const missing = new Set(["", "na", "n/a", "#n/a", "nan", "-nan", "null", "none"]);
const infinite = /^[+-]?inf(inity)?$/i;
const number = /^[+-]?(\d+\.?\d*|\.\d+)([eEdD][+-]?\d+)?$/;
const truths = new Map([
  ["true", 1],
  ["false", 0],
]);

/** Reads one cell of text: a finite decimal number (`1.5`, `-2e-9`, `.5`, Fortran's `1d3`), true and false as
 *  1 and 0, or what it is instead. A whole number that a float64 does not hold stays text, so that an
 *  identifier keeps its digits. */
export function parseCell(cell: string): number | FaultKind {
  const text = cell.trim();
  if (number.test(text)) {
    const value = Number(text.replace(/[dD]/, "e"));
    if (!Number.isFinite(value)) return "infinite";
    return Math.abs(value) >= 2 ** 53 && isRounded(text, value) ? "text" : value;
  }
  const word = text.toLowerCase();
  if (missing.has(word)) return "missing";
  return truths.get(word) ?? (infinite.test(text) ? "infinite" : "text");
}

/** Whether digits say another whole number than the float64, and are not the shortest for it either, which is
 *  how numbers are often written. */
export function isRounded(digits: string, value: number): boolean {
  return (
    /^[+-]?\d+$/.test(digits) &&
    BigInt(digits.replace("+", "")) !== BigInt(value) &&
    digits.replace(/^\+/, "") !== `${value}`
  );
}

/** The number of a value as a file stores it, or what it is instead. Texts that read like numbers are
 *  texts. */
export function kindOf(value: unknown): number | FaultKind {
  if (typeof value === "number") {
    return Number.isFinite(value) ? value : Number.isNaN(value) ? "missing" : "infinite";
  }
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "bigint") return BigInt(Number(value)) === value ? Number(value) : "text";
  if (value === null || value === undefined) return "missing";
  const kind = typeof value === "string" ? parseCell(value) : "text";
  return typeof kind === "number" ? "text" : kind;
}

/** The value as messages and labels have it. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return "[...]";
  if (value instanceof Date) return Number.isNaN(value.valueOf()) ? "a date" : value.toISOString();
  return typeof value === "object" && value !== null ? "{...}" : `${value}`;
}

/** Values as a file of rows stores them. */
export const storedCells: CellRules<unknown> = { unit: "row", parse: kindOf, show: textOf };

/** Cells of a text file. A single comma in a cell is a decimal comma if `decimal` says so, or else where the
 *  separator is a semicolon or a tab, as in lands that write one. */
export function textCells(delimiter: string, decimal: Decimal | undefined): CellRules<string> {
  const commas = decimal === undefined ? delimiter === ";" || delimiter === "\t" : decimal === ",";
  const parse = (cell: string): number | FaultKind => {
    const comma = commas && /^[^.,]*,[^.,]*$/.test(cell);
    const kind = parseCell(comma ? cell.replace(",", ".") : cell);
    return decimal === "," && typeof kind === "number" && cell.includes(".") ? "text" : kind;
  };
  return { unit: "line", parse, show: (cell) => cell.trim() };
}
