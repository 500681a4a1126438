import type { Band } from "../problem.ts";
import { type Form, Matrix, type Places } from "./matrix.ts";

/** Entries in a band, column after column; a dense matrix is the band that leaves nothing out. */
export class ColumnMatrix extends Matrix {
  readonly form: Form;
  readonly n: number;
  readonly values: Float64Array;
  readonly lower: number;
  readonly upper: number;
  /** Entry (i, j) is at first + i + step j. */
  readonly #first: number;
  readonly #step: number;

  /** @param band dense without it */
  constructor(n: number, band?: Band) {
    super();
    this.form = band === undefined ? "dense" : "banded";
    this.n = n;
    this.lower = band?.lower ?? n - 1;
    this.upper = band?.upper ?? n - 1;
    this.#first = band?.upper ?? 0;
    this.#step = band === undefined ? n : this.lower + this.upper;
    this.values = new Float64Array(band === undefined ? n * n : (this.#step + 1) * n);
  }

  index(i: number, j: number): number {
    return i - j > this.lower || j - i > this.upper ? -1 : this.#first + i + this.#step * j;
  }

  forEachEntry(visit: (i: number, j: number, at: number) => void): void {
    const { n, lower, upper } = this;
    for (let j = 0; j < n; j++) {
      const last = Math.min(n - 1, j + lower);
      const at = this.#first + this.#step * j;
      for (let i = Math.max(0, j - upper); i <= last; i++) visit(i, j, at + i);
    }
  }

  like(): ColumnMatrix {
    const { lower, upper } = this;
    return new ColumnMatrix(this.n, this.form === "dense" ? undefined : { lower, upper });
  }

  doubled({ rows, columns }: Places): ColumnMatrix {
    if (this.form === "dense") return new ColumnMatrix(2 * this.n);
    let lower = 2 * this.lower;
    let upper = 2 * this.upper;
    for (let e = 0; e < rows.length; e++) {
      const below = 2 * (rows[e]! - columns[e]!);
      lower = Math.max(lower, below + 1);
      upper = Math.max(upper, 1 - below);
    }
    return new ColumnMatrix(2 * this.n, { lower, upper });
  }
}
