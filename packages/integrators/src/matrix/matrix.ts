import { largest } from "../vectors.ts";

/** The storage of entries: all or a band of them, column by column, or the entries of a pattern. */
export type Form = "dense" | "banded" | "sparse";

/** Rows and columns of entries. */
export interface Places {
  readonly rows: ArrayLike<number>;
  readonly columns: ArrayLike<number>;
}

/** A square matrix, with what is done with it. Who writes into `values` asks `index` for the place. */
export abstract class Matrix {
  abstract readonly form: Form;
  abstract readonly n: number;
  abstract readonly values: Float64Array;
  #rows: Float64Array | undefined;

  /** Position of entry (i, j) in `values`, or -1. */
  abstract index(i: number, j: number): number;
  /** Calls `visit` for each entry that is kept. */
  abstract forEachEntry(visit: (i: number, j: number, at: number) => void): void;
  /** out += A v. */
  addProduct(v: Float64Array, out: Float64Array): void {
    const { values } = this;
    this.forEachEntry((i, j, at) => {
      out[i] = out[i]! + values[at]! * v[j]!;
    });
  }

  /** out += A^T v. */
  addTransposedProduct(v: Float64Array, out: Float64Array): void {
    const { values } = this;
    this.forEachEntry((i, j, at) => {
      out[j] = out[j]! + values[at]! * v[i]!;
    });
  }

  /** min(|A|_1, |A|_inf): each bounds the spectral radius. */
  normBound(): number {
    const { n, values } = this;
    this.#rows ??= new Float64Array(2 * n);
    const sums = this.#rows.fill(0);
    this.forEachEntry((i, j, at) => {
      const size = Math.abs(values[at]!);
      sums[i] = sums[i]! + size;
      sums[n + j] = sums[n + j]! + size;
    });
    return Math.min(largest(sums.subarray(0, n)), largest(sums.subarray(n)));
  }

  /** A matrix of zeros of the same form. */
  abstract like(): Matrix;
  /** A matrix of zeros that has room for entry (i, j) at (2i, 2j) and (2i + 1, 2j + 1), and for those of the
   *  `coupled` places at (2i, 2j + 1) and (2i + 1, 2j) too. */
  abstract doubled(coupled: Places): Matrix;
}
