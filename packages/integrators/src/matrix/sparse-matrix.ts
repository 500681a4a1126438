import type { Matrix, Places } from "./matrix.ts";
import { patternOfEntries, type SparsePattern } from "./pattern.ts";

/** The entries of a pattern, in compressed columns. */
export class SparseMatrix implements Matrix {
  readonly form = "sparse";
  readonly pattern: SparsePattern;
  readonly values: Float64Array;
  #rows: Float64Array | undefined;

  constructor(pattern: SparsePattern) {
    this.pattern = pattern;
    this.values = new Float64Array(pattern.size);
  }

  get n(): number {
    return this.pattern.n;
  }

  index(i: number, j: number): number {
    return this.pattern.find(i, j);
  }

  forEachEntry(visit: (i: number, j: number, at: number) => void): void {
    const { n, starts, rows } = this.pattern;
    for (let j = 0; j < n; j++) for (let e = starts[j]!; e < starts[j + 1]!; e++) visit(rows[e]!, j, e);
  }

  addProduct(v: Float64Array, out: Float64Array): void {
    const { values } = this;
    const { n, starts, rows } = this.pattern;
    for (let j = 0; j < n; j++) {
      const x = v[j]!;
      for (let e = starts[j]!; e < starts[j + 1]!; e++) out[rows[e]!] = out[rows[e]!]! + values[e]! * x;
    }
  }

  addTransposedProduct(v: Float64Array, out: Float64Array): void {
    const { values } = this;
    const { n, starts, rows } = this.pattern;
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let e = starts[j]!; e < starts[j + 1]!; e++) sum += values[e]! * v[rows[e]!]!;
      out[j] = out[j]! + sum;
    }
  }

  normBound(): number {
    const { values } = this;
    const { n, starts, rows } = this.pattern;
    this.#rows ??= new Float64Array(n);
    const sums = this.#rows.fill(0);
    let columns = 0;
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let e = starts[j]!; e < starts[j + 1]!; e++) {
        const size = Math.abs(values[e]!);
        sum += size;
        sums[rows[e]!] = sums[rows[e]!]! + size;
      }
      columns = Math.max(columns, sum);
    }
    return Math.min(
      columns,
      sums.reduce((largest, x) => Math.max(largest, x), 0),
    );
  }

  like(): SparseMatrix {
    return new SparseMatrix(this.pattern);
  }

  doubled(coupled: Places): SparseMatrix {
    const places: { rows: number[]; columns: number[] } = { rows: [], columns: [] };
    this.forEachEntry((i, j) => {
      places.rows.push(2 * i, 2 * i + 1);
      places.columns.push(2 * j, 2 * j + 1);
    });
    for (let e = 0; e < coupled.rows.length; e++) {
      const [i, j] = [2 * coupled.rows[e]!, 2 * coupled.columns[e]!];
      places.rows.push(i, i + 1);
      places.columns.push(j + 1, j);
    }
    return new SparseMatrix(patternOfEntries(2 * this.n, places.rows, places.columns));
  }
}
