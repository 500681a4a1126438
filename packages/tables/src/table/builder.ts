import { counted } from "@stiffnet/base";
import { fileError, type TableError } from "../errors.ts";
import { type CellRules, storedCells } from "./cell.ts";
import { FaultLog } from "./faults.ts";
import { NumberStore } from "./store.ts";
import { Table } from "./table.ts";
import type { Header } from "./view.ts";

/** Grows a table row by row, whatever it is read from. */
export class TableBuilder<Cell> {
  readonly file: string;
  readonly columns: readonly string[];
  readonly header: Header;
  readonly store: NumberStore;
  readonly #faults: FaultLog = new FaultLog();
  readonly cells: CellRules<Cell>;

  constructor(
    file: string,
    names: { readonly columns: readonly string[]; readonly header?: Header },
    cells: CellRules<Cell>,
  ) {
    const { columns, header = "stored" } = names;
    this.file = file;
    this.columns = columns;
    this.store = new NumberStore(columns.length);
    this.cells = cells;
    this.header = header;
  }

  /** Adds a record that stands in the given line. */
  add(cells: ArrayLike<Cell>, line: number): void {
    if (cells.length !== this.columns.length) throw this.ragged(cells.length, line);
    const { chunk, offset } = this.store.next();
    for (let c = 0; c < cells.length; c++) chunk[offset + c] = this.value(cells[c]!, c, line);
  }

  /** The number in a cell of a row, by default the one last begun; NaN, and a fault, where there is none. */
  value(cell: Cell, column: number, line: number, row: number = this.store.count - 1): number {
    const { parse, show, unit } = this.cells;
    const parsed = parse(cell);
    if (typeof parsed === "number") return parsed;
    this.#faults.add(column, parsed, row, `${unit} ${line}`, show(cell));
    return Number.NaN;
  }

  ragged(cells: number, line: number): TableError {
    const why = this.header === "none" ? "as in the first line" : "as in the header";
    const what = `${cells} ${cells === 1 ? "cell" : "cells"}, expected ${this.columns.length} ${why}`;
    return fileError(this.file, what, "ragged_row", { line });
  }

  finish(notes: readonly string[] = []): Table {
    this.store.finish();
    const { file: name, columns, store, header } = this;
    return new Table({ name, columns, store, faults: this.#faults, header, notes });
  }
}

/** A table from rows of numbers. NaN counts as missing. */
export function tableOf(
  columns: readonly string[],
  rows: Iterable<ArrayLike<number>>,
  name = "table",
): Table {
  const builder = new TableBuilder<number>(name, { columns }, storedCells);
  for (const row of rows) {
    const number = builder.store.count + 1;
    if (row.length !== columns.length) {
      const what = `${counted(row.length, "value")}, expected ${columns.length}`;
      throw fileError(name, what, "ragged_row", { row: number });
    }
    builder.add(row, number);
  }
  return builder.finish();
}
