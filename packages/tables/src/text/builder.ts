import { fileError, type TableError } from "../errors.ts";
import type { CellRules } from "../table/cell.ts";
import { FaultLog } from "../table/faults.ts";
import { NumberStore } from "../table/store.ts";
import { Table } from "../table/table.ts";
import type { Header } from "../table/view.ts";

/** Grows a table from the records of a text file or a sheet. */
export class TableBuilder<Cell = string> {
  readonly file: string;
  readonly columns: readonly string[];
  readonly store: NumberStore;
  readonly #faults: FaultLog = new FaultLog();
  readonly #header: Header;
  readonly cells: CellRules<Cell>;

  constructor(
    file: string,
    names: { readonly columns: readonly string[]; readonly header: Header },
    cells: CellRules<Cell>,
  ) {
    const { columns, header } = names;
    this.file = file;
    this.columns = columns;
    this.store = new NumberStore(columns.length);
    this.cells = cells;
    this.#header = header;
  }

  /** Adds a record that stands in the given line. */
  add(cells: readonly Cell[], line: number): void {
    if (cells.length !== this.columns.length) throw this.ragged(cells.length, line);
    const { chunk, offset } = this.store.next();
    for (let c = 0; c < cells.length; c++) chunk[offset + c] = this.value(cells[c]!, c, line);
  }

  /** The number in a cell of the row last begun; NaN, and a fault, where there is none. */
  value(cell: Cell, column: number, line: number): number {
    const { parse, show, unit } = this.cells;
    const parsed = parse(cell);
    if (typeof parsed === "number") return parsed;
    this.#faults.add(column, parsed, this.store.count - 1, `${unit} ${line}`, show(cell));
    return Number.NaN;
  }

  ragged(cells: number, line: number): TableError {
    const why = this.#header === "none" ? "as in the first line" : "as in the header";
    const what = `${cells} ${cells === 1 ? "cell" : "cells"}, expected ${this.columns.length} ${why}`;
    return fileError(this.file, what, "ragged_row", { line });
  }

  finish(): Table {
    if (this.store.count === 0) {
      throw fileError(this.file, "a header and no rows, expected at least one row of numbers", "no_rows");
    }
    this.store.finish();
    const { file: name, columns, store } = this;
    const header = this.#header;
    const notes = header === "none" ? numberedHeader(store, columns.length) : [];
    return new Table({ name, columns, store, faults: this.#faults, header, notes });
  }
}

/** Rows below which a first row is no stranger to the others. */
const fewRows = 5;

/** Says so where the first line looks like names that are numbers, as years are: whole numbers in equal
 *  steps, each beyond all other values of its column. */
function numberedHeader(store: NumberStore, columns: number): string[] {
  if (store.count < fewRows || columns < 2) return [];
  const names = Array.from({ length: columns }, (_, c) => store.at(0, c));
  const step = names[1]! - names[0]!;
  const equal = names.every((name, c) => Number.isInteger(name) && name === names[0]! + c * step);
  if (!equal || step === 0) return [];
  for (let c = 0; c < columns; c++) {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let row = 1; row < store.count; row++) {
      const value = store.at(row, c);
      if (Number.isNaN(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
      if (low <= names[c]! && names[c]! <= high) return [];
    }
  }
  return [
    `the first line (${names.slice(0, 3).join(", ")}${columns > 3 ? ", ..." : ""}) is far from all other values in every column; if it holds the column names, use --header yes`,
  ];
}
