/** The storage of entries: all or a band of them, column by column, or the entries of a pattern. */
export type Form = "dense" | "banded" | "sparse";

/** Rows and columns of entries. */
export interface Places {
  readonly rows: ArrayLike<number>;
  readonly columns: ArrayLike<number>;
}

/** A square matrix, with what is done with it. Who writes into `values` asks `index` for the place. */
export interface Matrix {
  readonly form: Form;
  readonly n: number;
  readonly values: Float64Array;
  /** Position of entry (i, j) in `values`, or -1. */
  index(i: number, j: number): number;
  /** Calls `visit` for each entry that is kept. */
  forEachEntry(visit: (i: number, j: number, at: number) => void): void;
  /** out += A v. */
  addProduct(v: Float64Array, out: Float64Array): void;
  /** out += A^T v. */
  addTransposedProduct(v: Float64Array, out: Float64Array): void;
  /** min(|A|_1, |A|_inf): each bounds the spectral radius. */
  normBound(): number;
  /** A matrix of zeros of the same form. */
  like(): Matrix;
  /** A matrix of zeros that has room for entry (i, j) at (2i, 2j) and (2i + 1, 2j + 1), and for those of the
   *  `coupled` places at (2i, 2j + 1) and (2i + 1, 2j) too. */
  doubled(coupled: Places): Matrix;
}
