import { fileError, type TableError } from "../errors.ts";
import type { TableBuilder } from "../table/builder.ts";
import type { Decimal } from "../table/cell.ts";
import { longestRecord, textOf } from "./bytes.ts";
import { readDecimal } from "./decimal.ts";
import type { Delimiter } from "./dialect.ts";

const LF = 10;
const CR = 13;
const SPACE = 32;
const QUOTE = 34;
const POINT = 46;

/** The end of the record is not among the bytes yet. */
const UNFINISHED = -1;

/** Splits text into records by RFC 4180: cells may be quoted, and hold separators, doubled quotes and line
 *  breaks. Empty lines are skipped. Numbers are read straight from the bytes. */
export class RecordScanner {
  /** The line that the next record begins in, from 1. */
  line: number;
  readonly #file: string;
  readonly #delimiter: number;
  /** Breaks within the quoted cells of the record. */
  #breaks = 0;
  /** Where the cells of a header go. */
  #texts: string[] | undefined;
  #builder: TableBuilder<string> | undefined;
  #row = new Float64Array(0);
  #faults: { cell: string; column: number }[] = [];
  /** Where a decimal point and a decimal comma were first seen. */
  #point: string | undefined;
  #comma: string | undefined;
  /** Commas may be decimal, as long as no number has a point. */
  readonly #guessing: boolean;
  /** Numbers with a point are looked at more closely. */
  readonly #watching: boolean;

  constructor(file: string, delimiter: Delimiter, line: number, decimal?: Decimal) {
    this.#file = file;
    this.#delimiter = delimiter.charCodeAt(0);
    this.line = line;
    this.#guessing = decimal === undefined && (delimiter === ";" || delimiter === "\t");
    this.#watching = this.#guessing || decimal === ",";
  }

  /** The cells of the record at `start` as text, and where the next one begins; undefined where the bytes end
   *  before it does. `last`: no bytes follow. */
  header(bytes: Uint8Array, start: number, last: boolean): { cells: string[]; next: number } | undefined {
    for (let at = start; at < bytes.length; ) {
      this.#texts = [];
      const next = this.#record(bytes, at, last);
      const cells = this.#texts;
      this.#texts = undefined;
      if (next < 0) return undefined;
      if (cells.length > 0) return { cells, next };
      at = next;
    }
    return undefined;
  }

  /** Puts the rows that follow into a table. */
  fill(builder: TableBuilder<string>): void {
    this.#builder = builder;
    this.#row = new Float64Array(builder.columns.length);
  }

  /** Takes whole records; returns where the next one begins. `last`: no bytes follow. */
  take(bytes: Uint8Array, last: boolean): number {
    let start = 0;
    while (start < bytes.length) {
      const end = this.#record(bytes, start, last);
      if (end < 0) break;
      start = end;
    }
    return start;
  }

  /** One record from `start`: where the next begins, or UNFINISHED. */
  #record(bytes: Uint8Array, start: number, last: boolean): number {
    const delimiter = this.#delimiter;
    this.#breaks = 0;
    this.#faults.length = 0;
    let at = start;
    let column = 0;
    for (;;) {
      while (bytes[at] === SPACE) at++;
      const first = bytes[at];
      const ended = at >= bytes.length || first === LF || first === CR;
      // A blank line is no record, and spaces before the end of a line separate nothing.
      if (!ended || (column > 0 && delimiter !== SPACE)) {
        at = first === QUOTE ? this.#quoted(bytes, at, column, last) : this.#plain(bytes, at, column);
        if (at < 0) return at;
        column++;
      }
      if (at >= bytes.length && !last) return UNFINISHED;
      if (bytes[at] === delimiter) {
        at++;
        continue;
      }
      if (bytes[at] === CR) {
        if (at + 1 === bytes.length && !last) return UNFINISHED;
        at += bytes[at + 1] === LF ? 2 : 1;
      } else if (bytes[at] === LF) at++;
      if (column > 0 && this.#builder) this.#commit(column, this.#builder);
      this.line += 1 + this.#breaks;
      return at;
    }
  }

  /** One cell without quotes: where it ends. */
  #plain(bytes: Uint8Array, cell: number, column: number): number {
    if (!this.#texts) {
      let at = readDecimal(bytes, cell, this.#row, column);
      while (bytes[at] === SPACE && this.#delimiter !== SPACE) at++;
      // Whole numbers from 2^53 on, and what may be a decimal point, are looked at more closely.
      const plain = at >= 0 && this.#endsCell(bytes, at) && Math.abs(this.#row[column]!) < 2 ** 53;
      if (plain && !(this.#watching && this.#point === undefined && hasPoint(bytes, cell, at))) return at;
    }
    let at = cell;
    for (; !this.#endsCell(bytes, at); at++) {
      if (bytes[at] !== QUOTE) continue;
      throw this.#malformed(
        "a quote inside a cell, expected the whole cell to be quoted and the quote doubled",
      );
    }
    this.#text(textOf(bytes.subarray(cell, at)), column);
    return at;
  }

  /** One quoted cell: where it ends, or UNFINISHED. */
  #quoted(bytes: Uint8Array, cell: number, column: number, last: boolean): number {
    let close = bytes.indexOf(QUOTE, cell + 1);
    while (close >= 0 && bytes[close + 1] === QUOTE) close = bytes.indexOf(QUOTE, close + 2);
    // Behind a quote at the end of the bytes another one may follow.
    if (!last && (close < 0 || close + 1 === bytes.length)) return UNFINISHED;
    if (close < 0) throw this.#malformed("a quoted cell is not closed before the end of the file");
    let at = close + 1;
    while (bytes[at] === SPACE && this.#delimiter !== SPACE) at++;
    if (!this.#endsCell(bytes, at)) {
      throw this.#malformed(
        "a closing quote is followed by text, expected a separator or the end of the line",
      );
    }
    const text = textOf(bytes.subarray(cell + 1, close));
    this.#breaks += text.split(/\r\n|\r|\n/).length - 1;
    this.#text(text.replaceAll('""', '"'), column);
    return at;
  }

  #endsCell(bytes: Uint8Array, at: number): boolean {
    const byte = bytes[at];
    return byte === this.#delimiter || byte === LF || byte === CR || at >= bytes.length;
  }

  /** A cell that is no plain number: one with a decimal comma or Fortran's exponent, or none. */
  #text(text: string, column: number): void {
    if (text.includes("\0")) throw this.#malformed("holds a zero byte, expected text in UTF-8", "not_text");
    if (this.#texts) {
      this.#texts.push(text);
      return;
    }
    // Cells beyond the header's are counted, and refused at the end of the line.
    const value = this.#builder!.cells.parse(text);
    if (typeof value !== "number") this.#faults.push({ cell: text, column });
    else if (this.#guessing) this.#seen(text);
    this.#row[column] = typeof value === "number" ? value : Number.NaN;
  }

  /** A point beside commas may separate thousands: 1.005;0,5. */
  #seen(text: string): void {
    const found = `'${text.trim()}' in line ${this.line + this.#breaks}`;
    if (text.includes(".")) this.#point ??= found;
    if (text.includes(",")) this.#comma ??= found;
    if (this.#point === undefined || this.#comma === undefined) return;
    throw this.#malformed(
      `a decimal comma (${this.#comma}) and a decimal point (${this.#point}), expected one of them, or the option decimal: '.' or ',' (--decimal)`,
      "mixed_decimals",
    );
  }

  #commit(cells: number, builder: TableBuilder<string>): void {
    if (cells !== this.#row.length) throw builder.ragged(cells, this.line);
    const { chunk, offset } = builder.store.next();
    chunk.set(this.#row, offset);
    for (const { cell, column } of this.#faults) builder.value(cell, column, this.line);
  }

  /** A record without an end. */
  tooLong(): TableError {
    return this.#malformed(`longer than ${longestRecord / 2 ** 20} MiB: this is not a table of text`);
  }

  #malformed(what: string, code = "malformed_text"): TableError {
    return fileError(this.#file, what, code, { line: this.line });
  }
}

function hasPoint(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] === POINT) return true;
  return false;
}
