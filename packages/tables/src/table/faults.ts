/** What a cell can hold that is not a finite number. */
export type FaultKind = "missing" | "text" | "infinite";

/** The cells of one column that are not finite numbers. They stand as NaN in the table. */
export interface ColumnFaults {
  readonly missing: number;
  readonly text: number;
  readonly infinite: number;
  /** The first cell of each kind: zero-based row, place as the file counts (`line 7`), and what stands
   *  there. */
  readonly first: {
    readonly [kind in FaultKind]?: { readonly row: number; readonly place: string; readonly found: string };
  };
}

/** Counts faults while a file is read. */
export class FaultLog {
  readonly #columns = new Map<number, { counts: Record<FaultKind, number>; first: ColumnFaults["first"] }>();

  add(column: number, kind: FaultKind, row: number, place: string, found: string): void {
    let entry = this.#columns.get(column);
    if (!entry) {
      entry = { counts: { missing: 0, text: 0, infinite: 0 }, first: {} };
      this.#columns.set(column, entry);
    }
    entry.counts[kind]++;
    if (!entry.first[kind]) entry.first = { ...entry.first, [kind]: { row, place, found: shorten(found) } };
  }

  /** Takes over what another table found in a column, with that table's name added to the places. */
  adopt(column: number, faults: ColumnFaults, file: string): void {
    const { first, ...counts } = faults;
    const named = Object.entries(first).map(([kind, at]) => [kind, { ...at, place: `${file}, ${at.place}` }]);
    this.#columns.set(column, { counts, first: Object.fromEntries(named) });
  }

  of(column: number): ColumnFaults {
    const entry = this.#columns.get(column);
    return { missing: 0, text: 0, infinite: 0, ...entry?.counts, first: entry?.first ?? {} };
  }
}

/** At most 40 characters on one line. */
export function shorten(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}]/gu, " ");
  return line.length > 40 ? `${line.slice(0, 37)}...` : line;
}
