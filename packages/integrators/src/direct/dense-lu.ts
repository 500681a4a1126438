import { poll } from "../interruption.ts";
import type { Factorisation } from "./factorisation.ts";

/** Matrices with more rows check limits between columns. */
const LONG = 500;

/** LU of a dense column-major [n, n] matrix, with partial pivoting, in its place: column by column, each less
 *  its multiples of those before it. */
export class DenseLu implements Factorisation {
  readonly #n: number;
  /** L, with a unit diagonal, and U, with reciprocals of the pivots. */
  #a: Float64Array = new Float64Array(0);
  readonly #pivot: Int32Array;

  constructor(n: number) {
    this.#n = n;
    this.#pivot = new Int32Array(n);
  }

  factor(values: Float64Array): boolean {
    const n = this.#n;
    this.#a = values;
    for (let c = 0; c < n; c++) {
      if (n > LONG) poll();
      this.#swap(values, c * n, c);
      subtract(values, n, c);
      if (!this.#takePivot(c)) return false;
    }
    return true;
  }

  /** Swaps the pivot of column c to its diagonal, in the columns up to c, and divides what is below by it. */
  #takePivot(c: number): boolean {
    const n = this.#n;
    const a = this.#a;
    const col = c * n;
    let pivot = c;
    for (let i = c + 1; i < n; i++) if (Math.abs(a[col + i]!) > Math.abs(a[col + pivot]!)) pivot = i;
    const best = Math.abs(a[col + pivot]!);
    // Also refuses NaN.
    if (!(best > 0 && best < Number.POSITIVE_INFINITY)) return false;
    this.#pivot[c] = pivot;
    if (pivot !== c) for (let j = 0; j <= col; j += n) exchange(a, j + c, j + pivot);
    const inverse = 1 / a[col + c]!;
    a[col + c] = inverse;
    for (let i = col + c + 1; i < col + n; i++) a[i] = a[i]! * inverse;
    return true;
  }

  /** The first row exchanges, done to the column that begins at `col`. */
  #swap(b: Float64Array, col: number, count: number): void {
    for (let k = 0; k < count; k++) if (this.#pivot[k] !== k) exchange(b, col + k, col + this.#pivot[k]!);
  }

  solve(b: Float64Array): void {
    const n = this.#n;
    const a = this.#a;
    this.#swap(b, 0, n);
    for (let k = 0, col = 0; k < n; k++, col += n) {
      const x = b[k]!;
      for (let i = k + 1; i < n; i++) b[i] = b[i]! - x * a[col + i]!;
    }
    for (let k = n - 1, col = k * n; k >= 0; k--, col -= n) {
      const x = b[k]! * a[col + k]!;
      b[k] = x;
      for (let i = 0; i < k; i++) b[i] = b[i]! - x * a[col + i]!;
    }
  }

  solveTransposed(b: Float64Array): void {
    const n = this.#n;
    const a = this.#a;
    for (let k = 0, col = 0; k < n; k++, col += n) {
      let sum = b[k]!;
      for (let i = 0; i < k; i++) sum -= a[col + i]! * b[i]!;
      b[k] = sum * a[col + k]!;
    }
    for (let k = n - 1, col = (n - 1) * n; k >= 0; k--, col -= n) {
      let sum = b[k]!;
      for (let i = k + 1; i < n; i++) sum -= a[col + i]! * b[i]!;
      b[k] = sum;
    }
    for (let k = n - 1; k >= 0; k--) exchange(b, k, this.#pivot[k]!);
  }
}

function exchange(a: Float64Array, i: number, j: number): void {
  const swap = a[i]!;
  a[i] = a[j]!;
  a[j] = swap;
}

/** Column c less its multiples of the columns before it: four at a time, one store for four products. */
function subtract(a: Float64Array, n: number, c: number): void {
  const col = c * n;
  let k = 0;
  for (; k + 3 < c; k += 4) {
    const l0 = k * n;
    const l1 = l0 + n;
    const l2 = l1 + n;
    const l3 = l2 + n;
    const f0 = a[col + k]!;
    const f1 = a[col + k + 1]! - a[l0 + k + 1]! * f0;
    const f2 = a[col + k + 2]! - a[l0 + k + 2]! * f0 - a[l1 + k + 2]! * f1;
    const f3 = a[col + k + 3]! - a[l0 + k + 3]! * f0 - a[l1 + k + 3]! * f1 - a[l2 + k + 3]! * f2;
    a[col + k + 1] = f1;
    a[col + k + 2] = f2;
    a[col + k + 3] = f3;
    for (let i = k + 4; i < n; i++) {
      a[col + i] = a[col + i]! - (f0 * a[l0 + i]! + f1 * a[l1 + i]! + f2 * a[l2 + i]! + f3 * a[l3 + i]!);
    }
  }
  for (; k < c; k++) {
    const f = a[col + k]!;
    for (let i = k + 1, at = k * n + i; i < n; i++, at++) a[col + i] = a[col + i]! - f * a[at]!;
  }
}
