import type { Factorisation } from "./factorisation.ts";
import { eliminateFront, swapRows } from "./front-kernel.ts";

/** LU of a dense column-major [n, n] matrix, with partial pivoting, in its place. */
export class DenseLu implements Factorisation {
  readonly #n: number;
  /** The factors, with reciprocals of the pivots. */
  #a: Float64Array = new Float64Array(0);
  readonly #pivot: Int32Array;

  constructor(n: number) {
    this.#n = n;
    this.#pivot = new Int32Array(n);
  }

  factor(values: Float64Array): boolean {
    this.#a = values;
    return eliminateFront(values, this.#n, this.#n, this.#pivot, 0);
  }

  solve(b: Float64Array): void {
    const n = this.#n;
    const a = this.#a;
    const pivot = this.#pivot;
    swapRows(b, 0, n, pivot, 0);
    // Two columns at a time: half the loads and stores of b.
    let k = 0;
    for (; k + 1 < n; k += 2) {
      const c0 = k * n;
      const c1 = c0 + n;
      const x0 = b[k]!;
      const x1 = b[k + 1]! - x0 * a[c0 + k + 1]!;
      b[k + 1] = x1;
      for (let i = k + 2; i < n; i++) b[i] = b[i]! - (x0 * a[c0 + i]! + x1 * a[c1 + i]!);
    }
    k = n - 1;
    for (; k > 0; k -= 2) {
      const c1 = k * n;
      const c0 = c1 - n;
      const x1 = b[k]! * a[c1 + k]!;
      const x0 = (b[k - 1]! - x1 * a[c1 + k - 1]!) * a[c0 + k - 1]!;
      b[k] = x1;
      b[k - 1] = x0;
      for (let i = 0; i < k - 1; i++) b[i] = b[i]! - (x0 * a[c0 + i]! + x1 * a[c1 + i]!);
    }
    if (k === 0) b[0] = b[0]! * a[0]!;
  }

  solveTransposed(b: Float64Array): void {
    const n = this.#n;
    const a = this.#a;
    const pivot = this.#pivot;
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
    for (let k = n - 1; k >= 0; k--) {
      const p = pivot[k]!;
      if (p !== k) {
        const swap = b[k]!;
        b[k] = b[p]!;
        b[p] = swap;
      }
    }
  }
}
