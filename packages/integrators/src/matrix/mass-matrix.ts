import { misuse } from "../errors.ts";
import { largest } from "../vectors.ts";

export interface SparseVector {
  readonly indices: readonly number[];
  readonly values: readonly number[];
}

/** Entries below this part of the largest are rounding. */
const ROUNDING = 1e-12;

/** A basis of the vectors v with A v = 0, by the reduced rows of Gauss and Jordan's elimination: a unit
 *  vector for every column without entries. */
function nullSpace(
  n: number,
  rows: readonly number[],
  columns: readonly number[],
  values: Float64Array,
): SparseVector[] {
  type Line = Map<number, number>;
  const lines: Line[] = Array.from({ length: n }, () => new Map());
  // The lines that have an entry in a column.
  const holders: Set<Line>[] = Array.from({ length: n }, () => new Set());
  const write = (line: Line, j: number, x: number) => {
    line.set(j, x);
    holders[j]!.add(line);
  };
  values.forEach((x, e) => {
    write(lines[rows[e]!]!, columns[e]!, x);
  });
  const least = ROUNDING * largest(values);
  const reduced = new Map<number, Line>();
  const done = new Set<Line>();
  for (let j = 0; j < n; j++) {
    let pivot: Line | undefined;
    for (const line of holders[j]!) {
      const size = Math.abs(line.get(j)!);
      if (!done.has(line) && size > Math.abs(pivot?.get(j) ?? least)) pivot = line;
    }
    if (pivot === undefined) continue;
    done.add(pivot);
    reduced.set(j, pivot);
    const scale = pivot.get(j)!;
    for (const [k, x] of pivot) pivot.set(k, x / scale);
    for (const line of [...holders[j]!]) {
      if (line === pivot) continue;
      const factor = line.get(j)!;
      for (const [k, x] of pivot) write(line, k, (line.get(k) ?? 0) - factor * x);
      line.delete(j);
      holders[j]!.delete(line);
    }
  }
  const free = Array.from({ length: n }, (_, j) => j).filter((j) => !reduced.has(j));
  return free.map((j) => {
    const others = [...reduced].filter(([, line]) => Math.abs(line.get(j) ?? 0) > ROUNDING);
    return {
      indices: [j, ...others.map(([k]) => k)],
      values: [1, ...others.map(([, line]) => -line.get(j)!)],
    };
  });
}

/** The constant matrix M of M y' = f(t, y), by its entries. */
export class MassMatrix {
  readonly n: number;
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  readonly values: Float64Array;
  #nullSpaces:
    | { readonly left: readonly SparseVector[]; readonly right: readonly SparseVector[] }
    | undefined;

  /** @param given the diagonal [n], or all of it column by column [n, n] */
  constructor(given: ArrayLike<number>, n: number) {
    const full = given.length === n * n && n > 1;
    if (!full && given.length !== n) {
      throw misuse(
        "shape_mismatch",
        `mass has ${given.length} entries, expected ${n} (its diagonal) or ${n * n} (all of it, column by column)`,
      );
    }
    const rows: number[] = [];
    const columns: number[] = [];
    const values: number[] = [];
    for (let k = 0; k < given.length; k++) {
      const value = given[k]!;
      if (!Number.isFinite(value)) {
        throw misuse("not_finite", `mass[${k}] is ${value}, expected a finite number`);
      }
      if (value === 0) continue;
      rows.push(full ? k % n : k);
      columns.push(full ? Math.floor(k / n) : k);
      values.push(value);
    }
    this.n = n;
    this.rows = rows;
    this.columns = columns;
    this.values = Float64Array.from(values);
  }

  /** Combinations of equations without a derivative (v^T M = 0), and directions of the state without
   *  one (M v = 0). */
  get nullSpaces(): { readonly left: readonly SparseVector[]; readonly right: readonly SparseVector[] } {
    const { n, rows, columns, values } = this;
    this.#nullSpaces ??= {
      left: nullSpace(n, columns, rows, values),
      right: nullSpace(n, rows, columns, values),
    };
    return this.#nullSpaces;
  }

  /** out += factor M v. */
  addProduct(factor: number, v: Float64Array, out: Float64Array): void {
    const { rows, columns, values } = this;
    for (let e = 0; e < values.length; e++) {
      const i = rows[e]!;
      out[i] = out[i]! + factor * values[e]! * v[columns[e]!]!;
    }
  }
}
