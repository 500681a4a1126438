import { DatasetError } from "../errors.ts";
import type { TableBuilder } from "./builder.ts";
import { decimal } from "./decimal.ts";
import type { Delimiter } from "./dialect.ts";
import { longestRecord } from "./records.ts";

const LF = 10;
const CR = 13;
const SPACE = 32;
const QUOTE = 34;
const PLUS = 43;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const UPPER_E = 69;
const LOWER_E = 101;

/** Reads unquoted records of numbers straight from bytes: what almost every file of numbers is, at several times the speed
 *  of a general reader. It stops before the first record that has a quote, and leaves the rest to that reader. */
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

  /** Takes whole records; returns where the next one begins, and whether it holds a quote. `last`: no bytes follow. */
  take(bytes: Buffer, last: boolean): { next: number; quoted: boolean } {
    let start = 0;
    while (start < bytes.length) {
      const end = this.#record(bytes, start, last);
      if (end === -2) return { next: start, quoted: true };
      if (end === -1) return { next: start, quoted: false };
      start = end;
    }
    return { next: start, quoted: false };
  }

  /** One record from `start`: where the next begins, -1 where its end is not there yet, -2 at a quote. */
  #record(bytes: Buffer, start: number, last: boolean): number {
    const delimiter = this.#delimiter;
    const row = this.#row;
    const width = row.length;
    let at = start;
    let column = 0;
    for (;;) {
      while (at < bytes.length && bytes[at] === SPACE) at++;
      const cell = at;
      let negative = false;
      if (bytes[at] === MINUS || bytes[at] === PLUS) negative = bytes[at++] === MINUS;
      // Up to 19 digits go in two halves of at most 10.
      let high = 0;
      let low = 0;
      let lowDigits = 0;
      let digits = 0;
      let scale = 0;
      let dot = false;
      for (; at < bytes.length; at++) {
        const digit = bytes[at]! - ZERO;
        if (digit >= 0 && digit <= 9) {
          digits++;
          if (high < 1e9) high = high * 10 + digit;
          else {
            low = low * 10 + digit;
            lowDigits++;
          }
          if (dot) scale--;
        } else if (bytes[at] === DOT && !dot) dot = true;
        else break;
      }
      let plain = digits > 0 && lowDigits <= 9;
      if (plain && (bytes[at] === LOWER_E || bytes[at] === UPPER_E)) {
        const mark = at++;
        let down = false;
        if (bytes[at] === MINUS || bytes[at] === PLUS) down = bytes[at++] === MINUS;
        const first = at;
        let exponent = 0;
        for (; at < bytes.length && bytes[at]! >= ZERO && bytes[at]! <= ZERO + 9; at++) {
          exponent = Math.min(exponent * 10 + bytes[at]! - ZERO, 9999);
        }
        if (at === first) {
          plain = false;
          at = mark;
        } else scale += down ? -exponent : exponent;
      }
      while (at < bytes.length && bytes[at] === SPACE && delimiter !== SPACE) at++;
      let byte = at < bytes.length ? bytes[at]! : -1;
      const ends = byte === delimiter || byte === LF || byte === CR || byte === -1;
      let value = Number.NaN;
      if (ends && plain && scale >= -22 && scale <= 22) value = decimal(high, low, lowDigits, scale);
      if (Number.isNaN(value)) {
        while (byte !== delimiter && byte !== LF && byte !== CR && byte !== -1) {
          if (byte === QUOTE) return -2;
          byte = ++at < bytes.length ? bytes[at]! : -1;
        }
        if (byte === -1 && !last) return this.#unfinished();
        const text = bytes.toString("utf8", cell, at);
        const blank = text.trim() === "" && byte !== delimiter;
        // A blank line is no record, and spaces before the end of a line separate nothing.
        if (blank && (column === 0 || delimiter === SPACE)) column--;
        else if (column < width) this.#slow(text, column);
      } else if (column < width) row[column] = negative ? -value : value;
      if (byte === -1 && !last) return this.#unfinished();
      column++;
      if (byte === delimiter) {
        at++;
        continue;
      }
      if (byte === CR) {
        if (at + 1 === bytes.length && !last) return this.#unfinished();
        at += bytes[at + 1] === LF ? 2 : 1;
      } else if (byte === LF) at++;
      if (column > 0) this.#commit(column);
      this.line++;
      return at;
    }
  }

  #unfinished(): number {
    this.#faults.length = 0;
    return -1;
  }

  /** A cell that is not plain digits: one of many digits or a large exponent, or no number. */
  #slow(text: string, column: number): void {
    if (text.includes("\0")) {
      const { file } = this.#builder;
      throw new DatasetError(`${file}, line ${this.line}: holds a zero byte, expected text in UTF-8`, {
        code: "not_text",
        place: { file, line: this.line },
      });
    }
    const value = this.#builder.parse(text);
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
  tooLong(): DatasetError {
    const { file } = this.#builder;
    return new DatasetError(
      `${file}, line ${this.line}: longer than ${longestRecord / 2 ** 20} MiB: this is not a table of text`,
      { code: "malformed_text", place: { file, line: this.line } },
    );
  }
}
