import { readDecimal } from "@stiffnet/base";
import { TableError } from "../errors.ts";
import type { TableBuilder } from "./builder.ts";
import { longestRecord, textOf } from "./bytes.ts";
import type { Delimiter } from "./dialect.ts";

const LF = 10;
const CR = 13;
const SPACE = 32;
const QUOTE = 34;

/** The end of the record is not among the bytes yet. */
const UNFINISHED = -1;
/** The record is left to the general reader. */
const GENERAL = -2;

/** Reads records of numbers straight from bytes, at several times the speed of a general reader. It stops
 *  before the first record with a quoted cell that is not simple (a doubled quote, a line break), and leaves
 *  the rest to that reader. */
export class NumberScanner {
  /** The line that the next record begins in, from 1. */
  line: number;
  readonly #builder: TableBuilder;
  readonly #delimiter: number;
  readonly #row: Float64Array;
  readonly #faults: { cell: string; column: number }[] = [];

  constructor(builder: TableBuilder, delimiter: Delimiter, line: number) {
    this.#builder = builder;
    this.#delimiter = delimiter.charCodeAt(0);
    this.#row = new Float64Array(builder.columns.length);
    this.line = line;
  }

  /** Takes whole records; returns where the next one begins, and whether it needs the general reader. `last`:
   *  no bytes follow. */
  take(bytes: Uint8Array, last: boolean): { next: number; quoted: boolean } {
    let start = 0;
    while (start < bytes.length) {
      const end = this.#record(bytes, start, last);
      if (end < 0) {
        this.#faults.length = 0;
        return { next: start, quoted: end === GENERAL };
      }
      start = end;
    }
    return { next: start, quoted: false };
  }

  /** One record from `start`: where the next begins, UNFINISHED or GENERAL. */
  #record(bytes: Uint8Array, start: number, last: boolean): number {
    const delimiter = this.#delimiter;
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
      if (column > 0) this.#commit(column);
      this.line++;
      return at;
    }
  }

  /** One cell without quotes: where it ends, or GENERAL where a quote stands in it. */
  #plain(bytes: Uint8Array, cell: number, column: number): number {
    let at = readDecimal(bytes, cell, this.#row, column);
    while (bytes[at] === SPACE && this.#delimiter !== SPACE) at++;
    if (at >= 0 && this.#endsCell(bytes, at)) return at;
    for (at = cell; !this.#endsCell(bytes, at); at++) if (bytes[at] === QUOTE) return GENERAL;
    this.#slow(textOf(bytes.subarray(cell, at)), column);
    return at;
  }

  /** One quoted cell on one line, without quotes in it: where it ends; else GENERAL, or UNFINISHED. */
  #quoted(bytes: Uint8Array, cell: number, column: number, last: boolean): number {
    const close = bytes.indexOf(QUOTE, cell + 1);
    const inside = bytes.subarray(cell + 1, close < 0 ? bytes.length : close);
    if (inside.includes(LF) || inside.includes(CR)) return GENERAL;
    if (close < 0) return last ? GENERAL : UNFINISHED;
    let at = close + 1;
    while (bytes[at] === SPACE && this.#delimiter !== SPACE) at++;
    if (!this.#endsCell(bytes, at)) return GENERAL;
    this.#slow(textOf(inside), column);
    return at;
  }

  #endsCell(bytes: Uint8Array, at: number): boolean {
    const byte = bytes[at];
    return byte === this.#delimiter || byte === LF || byte === CR || at >= bytes.length;
  }

  /** A cell that is no plain number: one with a decimal comma or Fortran's exponent, or none. */
  #slow(text: string, column: number): void {
    if (text.includes("\0")) {
      const { file } = this.#builder;
      throw new TableError(`${file}, line ${this.line}: holds a zero byte, expected text in UTF-8`, {
        code: "not_text",
        place: { file, line: this.line },
      });
    }
    const value = this.#builder.cells.parse(text);
    if (typeof value !== "number") this.#faults.push({ cell: text, column });
    this.#row[column] = typeof value === "number" ? value : Number.NaN;
  }

  #commit(cells: number): void {
    if (cells !== this.#row.length) throw this.#builder.ragged(cells, this.line);
    const { chunk, offset } = this.#builder.store.next();
    chunk.set(this.#row, offset);
    for (const { cell, column } of this.#faults) this.#builder.value(cell, column, this.line);
    this.#faults.length = 0;
  }

  /** A record without an end. */
  tooLong(): TableError {
    const { file } = this.#builder;
    return new TableError(
      `${file}, line ${this.line}: longer than ${longestRecord / 2 ** 20} MiB: this is not a table of text`,
      { code: "malformed_text", place: { file, line: this.line } },
    );
  }
}
