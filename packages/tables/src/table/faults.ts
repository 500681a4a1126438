import { shortened } from "@stiffnet/base";

/** What a cell can hold that is not a finite number. */
export type FaultKind = "missing" | "text" | "infinite";

/** The cells of one column that are not finite numbers. They stand as NaN in the table. */
export interface ColumnFaults {
  readonly missing: number;
  readonly text: number;
  readonly infinite: number;
  /** The first cell of each kind: zero-based row, place as its file counts (`line 7`), and what it holds;
   *  `file` of a table that was joined from several. */
  readonly first: {
    readonly [kind in FaultKind]?: {
      readonly row: number;
      readonly place: string;
      readonly found: string;
      readonly file?: string;
    };
  };
  /** By row from 0, the text of the cells that hold text or an infinity. */
  readonly cells: readonly (string | undefined)[];
}

interface Entry {
  readonly counts: Record<FaultKind, number>;
  first: ColumnFaults["first"];
  readonly cells: string[];
}

/** Collects faults while a file is read. */
export class FaultLog {
  readonly #columns = new Map<number, Entry>();
  /** Texts often repeat: each is kept once. */
  readonly #texts = new Map<string, string>();

  add(column: number, kind: FaultKind, row: number, place: string, found: string): void {
    let entry = this.#columns.get(column);
    if (!entry) {
      entry = { counts: { missing: 0, text: 0, infinite: 0 }, first: {}, cells: [] };
      this.#columns.set(column, entry);
    }
    entry.counts[kind]++;
    if (!entry.first[kind]) entry.first = { ...entry.first, [kind]: { row, place, found: shortened(found) } };
    if (kind === "missing") return;
    if (!this.#texts.has(found)) this.#texts.set(found, found);
    entry.cells[row] = this.#texts.get(found)!;
  }

  /** Takes over what another table found in a column of its file. */
  adopt(column: number, faults: ColumnFaults, file: string): void {
    const { first, cells, missing, text, infinite } = faults;
    const named = Object.entries(first).map(([kind, at]) => [kind, { file, ...at }]);
    this.#columns.set(column, {
      counts: { missing, text, infinite },
      first: Object.fromEntries(named),
      cells: [...cells] as string[],
    });
  }

  of(column: number): ColumnFaults {
    const { counts, first, cells } = this.#columns.get(column) ?? nothing;
    return { ...counts, first, cells };
  }
}

const nothing: Entry = { counts: { missing: 0, text: 0, infinite: 0 }, first: {}, cells: [] };
