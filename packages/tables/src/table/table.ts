import { counted, createDigest, littleEndian } from "@stiffnet/base";
import { fileError } from "../errors.ts";
import { checkOptions, selectChecks } from "../options.ts";
import type { SplitDataset } from "./assemble.ts";
import { type ColumnChoice, chooseColumns, duplicateName } from "./columns.ts";
import { type ColumnFaults, FaultLog } from "./faults.ts";
import { type Selection, type SelectOptions, selectSamples } from "./select.ts";
import { type FoldOptions, foldTable, type SplitOptions, splitTable } from "./split.ts";
import type { NumberStore } from "./store.ts";
import type { Header, TableView } from "./view.ts";

/** Columns of numbers with names. Cells that hold no finite number stand as NaN and are counted in `faults`,
 *  so that a text column does no harm until it is chosen. */
export class Table implements TableView {
  readonly name: string;
  readonly columns: readonly string[];
  readonly count: number;
  readonly header: Header;
  /** What was left out when the file was read, and why: one line each. */
  readonly notes: readonly string[];
  readonly #store: NumberStore;
  readonly #faults: FaultLog;

  constructor(options: {
    name: string;
    columns: readonly string[];
    store: NumberStore;
    faults?: FaultLog;
    header?: Header;
    notes?: readonly string[];
  }) {
    this.name = options.name;
    // Names that look the same are the same: an accent may be a letter's own or a sign behind it.
    this.columns = options.columns.map((name) => name.normalize());
    this.#store = options.store;
    this.#faults = options.faults ?? new FaultLog();
    this.header = options.header ?? "stored";
    this.notes = options.notes ?? [];
    this.count = this.#store.count;
  }

  /** The same values under another name, with further notes. */
  renamed(name: string, notes: readonly string[] = []): Table {
    const { columns, header } = this;
    return new Table({
      name,
      columns,
      store: this.#store,
      faults: this.#faults,
      header,
      notes: [...this.notes, ...notes],
    });
  }

  /** The same values under other names of the columns. */
  withColumns(columns: readonly string[]): Table {
    if (columns.length !== this.columns.length) {
      const what = `${counted(columns.length, "name")} for ${counted(this.columns.length, "column")}, expected one each`;
      throw fileError(this.name, what, "bad_names");
    }
    const twice = duplicateName(columns);
    if (twice) {
      const what = `two columns are called '${columns[twice[0]]}', expected different names`;
      throw fileError(this.name, what, "duplicate_column", { column: twice[1] + 1 });
    }
    // No line of the file named the columns: the header is none of the reader's.
    const { name, notes } = this;
    return new Table({ name, columns, store: this.#store, faults: this.#faults, notes });
  }

  at(row: number, column: number): number {
    return this.#store.at(row, column);
  }

  faults(column: number): ColumnFaults {
    return this.#faults.of(column);
  }

  label(row: number, column: number): string {
    const value = this.at(row, column);
    if (Number.isNaN(value)) return (this.faults(column).cells[row] ?? "").normalize();
    // JavaScript shows 2^60 with zeros at its end; an identifier needs its own digits.
    const whole = Math.abs(value) >= 2 ** 53 && Math.abs(value) < 1e21;
    return `${whole ? BigInt(value) : value}`;
  }

  indices(choice: ColumnChoice, what = "columns"): number[] {
    return chooseColumns(this.columns, choice, what, this.name);
  }

  /** The values of one column, by number (from 1) or name; NaN where a cell holds no number. */
  column(which: number | string): Float64Array {
    const [index, ...more] = this.indices(which);
    if (more.length > 0) {
      throw fileError(this.name, `'${which}' is ${more.length + 1} columns, expected one`, "not_one_column");
    }
    return this.rows([index!]);
  }

  /** Row-major values [count, indices.length] of columns counted from 0, default all. */
  rows(indices: readonly number[] = this.columns.map((_, i) => i)): Float64Array {
    const width = indices.length;
    const rows = new Float64Array(this.count * width);
    for (let r = 0; r < this.count; r++) {
      for (let c = 0; c < width; c++) rows[r * width + c] = this.#store.at(r, indices[c]!);
    }
    return rows;
  }

  /** All rows of the chosen inputs and outputs. */
  select(options: SelectOptions): Selection {
    checkOptions<SelectOptions>("select", options, selectChecks);
    return selectSamples(this, options);
  }

  /** Inputs and outputs, split into training, validation and test rows, with the preparation fitted on the
   *  training rows. */
  split(options: SplitOptions): SplitDataset {
    return splitTable(this, options);
  }

  /** One dataset for each fold of a cross-validation. */
  folds(options: FoldOptions): SplitDataset[] {
    return foldTable(this, options);
  }

  /** SHA-256 in hexadecimal over the names and the values, row by row as little-endian float64, and then the
   *  texts of each column that holds any. */
  digest(): string {
    const digest = createDigest().update(JSON.stringify([this.columns, this.count]));
    const row = new Float64Array(this.columns.length);
    for (let r = 0; r < this.count; r++) {
      for (let c = 0; c < row.length; c++) row[c] = this.#store.at(r, c);
      digest.update(littleEndian(row));
    }
    this.columns.forEach((_, column) => {
      this.faults(column).cells.forEach((text, row) => {
        digest.update(JSON.stringify([column, row, text]));
      });
    });
    return digest.hex();
  }
}
