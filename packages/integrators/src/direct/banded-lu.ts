import { poll } from "../interruption.ts";
import type { Band } from "../problem.ts";
import { COLUMNS, type Factorisation } from "./factorisation.ts";

/** LU of a banded matrix, with partial pivoting: O(n lower (lower + upper)) operations. The upper factor
 *  widens to lower + upper diagonals, so each stored column keeps `lower` spare entries on top. */
export class BandedLu implements Factorisation {
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

  constructor(n: number, band: Band) {
    this.#n = n;
    this.#lower = band.lower;
    this.#upper = band.upper;
    this.#stride = 2 * band.lower + band.upper + 1;
    this.#lu = new Float64Array(this.#stride * n);
    this.#pivot = new Int32Array(n);
    this.#inverse = new Float64Array(n);
  }

  factor(values: Float64Array): boolean {
    const n = this.#n;
    const lower = this.#lower;
    const stride = this.#stride;
    const a = this.#lu;
    const pivot = this.#pivot;
    // Row of the diagonal inside a stored column.
    const diagonal = lower + this.#upper;
    const width = diagonal + 1;
    for (let j = 0, from = 0, to = 0; j < n; j++, from += width, to += stride) {
      a.fill(0, to, to + lower);
      for (let r = 0; r < width; r++) a[to + lower + r] = values[from + r]!;
    }
    let farthest = 0;
    for (let k = 0; k < n; k++) {
      if (k % COLUMNS === COLUMNS - 1) poll();
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
      for (let j = k + 1, at = d + stride - 1; j <= lastColumn; j++, at += stride - 1) {
        const f = a[at]!;
        if (f !== 0) for (let r = 1; r <= last; r++) a[at + r] = a[at + r]! - f * a[d + r]!;
      }
    }
    this.#reach = this.#upper + farthest;
    return true;
  }

  solve(b: Float64Array): void {
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
