import type { Band } from "../problem.ts";
import type { RealLu } from "./types.ts";

/** LU of shift I - J for a banded J, with partial pivoting: O(n lower (lower + upper)) operations. The upper factor
 *  widens to lower + upper diagonals, for which each stored column keeps `lower` spare entries on top. */
export class BandedLu implements RealLu {
  readonly #n: number;
  readonly #lower: number;
  readonly #upper: number;
  readonly #stride: number;
  readonly #lu: Float64Array;
  readonly #pivot: Int32Array;
  /** Reciprocals of the diagonal of U. */
  readonly #inverse: Float64Array;
  /** Diagonals of U above its own: `upper`, and more where rows were swapped. */
  #reach = 0;
  #swapped = false;

  constructor(n: number, band: Band) {
    this.#n = n;
    this.#lower = band.lower;
    this.#upper = band.upper;
    this.#stride = 2 * band.lower + band.upper + 1;
    this.#lu = new Float64Array(this.#stride * n);
    this.#pivot = new Int32Array(n);
    this.#inverse = new Float64Array(n);
  }

  factor(jacobian: Float64Array, shift: number): boolean {
    const n = this.#n;
    const lower = this.#lower;
    const stride = this.#stride;
    const a = this.#lu;
    const pivot = this.#pivot;
    // Row of the diagonal inside a stored column.
    const diagonal = lower + this.#upper;
    this.#load(jacobian, shift);
    if (lower === 2 && this.#upper === 2) {
      if (this.#eliminateTwoDiagonals()) return true;
      // A swap is called for: from the beginning, with the columns as they were.
      this.#load(jacobian, shift);
    }
    let farthest = 0;
    for (let k = 0; k < n; k++) {
      const d = k * stride + diagonal;
      const last = Math.min(lower, n - 1 - k);
      let p = 0;
      let best = Math.abs(a[d]!);
      for (let r = 1; r <= last; r++) {
        const size = Math.abs(a[d + r]!);
        if (size > best) {
          best = size;
          p = r;
        }
      }
      pivot[k] = k + p;
      if (!(best > 0 && best < Number.POSITIVE_INFINITY)) return false;
      if (p > farthest) farthest = p;
      // Columns beyond hold nothing in these rows unless an earlier swap brought it there.
      const lastColumn = Math.min(k + this.#upper + farthest, n - 1);
      if (p !== 0) {
        for (let j = k; j <= lastColumn; j++) {
          const at = j * stride + diagonal + k - j;
          const swap = a[at]!;
          a[at] = a[at + p]!;
          a[at + p] = swap;
        }
      }
      const inverse = 1 / a[d]!;
      this.#inverse[k] = inverse;
      for (let r = 1; r <= last; r++) a[d + r] = a[d + r]! * inverse;
      for (let j = k + 1; j <= lastColumn; j++) {
        const at = j * stride + diagonal + k - j;
        const factor = a[at]!;
        if (factor !== 0) for (let r = 1; r <= last; r++) a[at + r] = a[at + r]! - factor * a[d + r]!;
      }
    }
    this.#reach = this.#upper + farthest;
    this.#swapped = farthest > 0;
    return true;
  }

  /** shift I - J into the storage, with room above for what swaps bring. */
  #load(jacobian: Float64Array, shift: number): void {
    const n = this.#n;
    const lower = this.#lower;
    const stride = this.#stride;
    const a = this.#lu;
    const width = lower + this.#upper + 1;
    const diagonal = lower + this.#upper;
    for (let j = 0; j < n; j++) {
      const to = j * stride;
      const from = j * width;
      for (let r = 0; r < lower; r++) a[to + r] = 0;
      for (let r = 0; r < width; r++) a[to + lower + r] = -jacobian[from + r]!;
      a[to + diagonal] = a[to + diagonal]! + shift;
    }
  }

  /** The elimination where no row has to be swapped, written out; false as soon as one has to be. */
  #eliminateTwoDiagonals(): boolean {
    const n = this.#n;
    const a = this.#lu;
    for (let k = 0; k < n; k++) {
      const d = 7 * k + 4;
      const size = Math.abs(a[d]!);
      const under = k < n - 1 ? a[d + 1]! : 0;
      const underThat = k < n - 2 ? a[d + 2]! : 0;
      if (!(size >= Math.abs(under) && size >= Math.abs(underThat))) return false;
      if (!(size > 0 && size < Number.POSITIVE_INFINITY)) return false;
      const inverse = 1 / a[d]!;
      this.#inverse[k] = inverse;
      const one = under * inverse;
      const two = underThat * inverse;
      a[d + 1] = one;
      a[d + 2] = two;
      if (k < n - 1) {
        const next = a[d + 6]!;
        a[d + 7] = a[d + 7]! - next * one;
        a[d + 8] = a[d + 8]! - next * two;
      }
      if (k < n - 2) {
        const afterNext = a[d + 12]!;
        a[d + 13] = a[d + 13]! - afterNext * one;
        a[d + 14] = a[d + 14]! - afterNext * two;
      }
      this.#pivot[k] = k;
    }
    this.#reach = 2;
    this.#swapped = false;
    return true;
  }

  solve(b: Float64Array): void {
    if (!this.#swapped && this.#lower === 2 && this.#upper === 2) {
      this.#solveTwoDiagonals(b);
      return;
    }
    const n = this.#n;
    const lower = this.#lower;
    const stride = this.#stride;
    const a = this.#lu;
    const diagonal = lower + this.#upper;
    for (let k = 0; k < n; k++) {
      const p = this.#pivot[k]!;
      const x = b[p]!;
      if (p !== k) {
        b[p] = b[k]!;
        b[k] = x;
      }
      const d = k * stride + diagonal;
      const last = Math.min(lower, n - 1 - k);
      for (let r = 1; r <= last; r++) b[k + r] = b[k + r]! - x * a[d + r]!;
    }
    for (let k = n - 1; k >= 0; k--) {
      const d = k * stride + diagonal;
      const x = b[k]! * this.#inverse[k]!;
      b[k] = x;
      const reach = Math.min(this.#reach, k);
      for (let r = 1; r <= reach; r++) b[k - r] = b[k - r]! - x * a[d - r]!;
    }
  }

  /** Two diagonals on each side (two unknowns a point that look at their neighbours) and no swaps: what is needed of b stays in
   *  registers, and the chain of operations that wait for each other is short. */
  #solveTwoDiagonals(b: Float64Array): void {
    const n = this.#n;
    const a = this.#lu;
    const inverse = this.#inverse;
    let before = 0;
    let beforeThat = 0;
    // The entries of L left of the diagonal: (k, k - 1) lies in column k - 1, and so on. Columns are 7 long, the diagonal at 4.
    for (let k = 0; k < n; k++) {
      const at = 7 * k;
      const two = k > 1 ? a[at - 8]! * beforeThat : 0;
      const one = k > 0 ? a[at - 2]! * before : 0;
      beforeThat = before;
      before = b[k]! - two - one;
      b[k] = before;
    }
    before = 0;
    beforeThat = 0;
    for (let k = n - 1; k >= 0; k--) {
      const at = 7 * k;
      const two = k < n - 2 ? a[at + 16]! * beforeThat : 0;
      const one = k < n - 1 ? a[at + 10]! * before : 0;
      beforeThat = before;
      before = (b[k]! - two - one) * inverse[k]!;
      b[k] = before;
    }
  }

  solveTransposed(b: Float64Array): void {
    const n = this.#n;
    const lower = this.#lower;
    const stride = this.#stride;
    const a = this.#lu;
    const diagonal = lower + this.#upper;
    for (let k = 0; k < n; k++) {
      const d = k * stride + diagonal;
      let sum = b[k]!;
      const reach = Math.min(diagonal, k);
      for (let r = 1; r <= reach; r++) sum -= a[d - r]! * b[k - r]!;
      b[k] = sum / a[d]!;
    }
    for (let k = n - 1; k >= 0; k--) {
      const d = k * stride + diagonal;
      const last = Math.min(lower, n - 1 - k);
      let sum = b[k]!;
      for (let r = 1; r <= last; r++) sum -= a[d + r]! * b[k + r]!;
      const p = this.#pivot[k]!;
      b[k] = sum;
      if (p !== k) {
        b[k] = b[p]!;
        b[p] = sum;
      }
    }
  }
}
