import { IntegratorError } from "../errors.ts";

/** The constant matrix M of M y' = f(t, y), by its entries. */
export class MassMatrix {
  readonly n: number;
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  readonly values: Float64Array;
  /** Equations without a derivative, and unknowns of which none appears. */
  readonly algebraicRows: readonly number[];
  readonly algebraicColumns: readonly number[];

  /** @param given the diagonal [n], or all of it column by column [n, n] */
  constructor(given: ArrayLike<number>, n: number) {
    const full = given.length === n * n && n > 1;
    if (!full && given.length !== n) {
      throw new IntegratorError(
        `mass has ${given.length} entries, expected ${n} (its diagonal) or ${n * n} (all of it, column by column)`,
        { code: "shape_mismatch" },
      );
    }
    const rows: number[] = [];
    const columns: number[] = [];
    const values: number[] = [];
    for (let k = 0; k < given.length; k++) {
      const value = given[k]!;
      if (!Number.isFinite(value)) {
        throw new IntegratorError(`mass[${k}] is ${value}, expected a finite number`, { code: "not_finite" });
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
    const all = Array.from({ length: n }, (_, i) => i);
    const [inRows, inColumns] = [new Set(rows), new Set(columns)];
    this.algebraicRows = all.filter((i) => !inRows.has(i));
    this.algebraicColumns = all.filter((j) => !inColumns.has(j));
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
