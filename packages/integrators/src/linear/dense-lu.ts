import type { RealLu } from "./types.ts";

/** LU = P (shift I - J) of a dense column-major [n, n] matrix, with partial pivoting. */
export class DenseLu implements RealLu {
  readonly #n: number;
  readonly #lu: Float64Array;
  readonly #pivot: Int32Array;

  constructor(n: number) {
    this.#n = n;
    this.#lu = new Float64Array(n * n);
    this.#pivot = new Int32Array(n);
  }

  factor(jacobian: Float64Array, shift: number): boolean {
    const n = this.#n;
    const a = this.#lu;
    const pivot = this.#pivot;
    for (let i = 0; i < n * n; i++) a[i] = -jacobian[i]!;
    for (let i = 0, d = 0; i < n; i++, d += n + 1) a[d] = a[d]! + shift;
    for (let k = 0; k < n; k++) {
      const col = k * n;
      let p = k;
      let best = Math.abs(a[col + k]!);
      for (let i = k + 1; i < n; i++) {
        const size = Math.abs(a[col + i]!);
        if (size > best) {
          best = size;
          p = i;
        }
      }
      pivot[k] = p;
      // Also catches NaN.
      if (!(best > 0 && best < Number.POSITIVE_INFINITY)) return false;
      if (p !== k) {
        for (let c = 0; c < n * n; c += n) {
          const swap = a[c + k]!;
          a[c + k] = a[c + p]!;
          a[c + p] = swap;
        }
      }
      const inverse = 1 / a[col + k]!;
      for (let i = k + 1; i < n; i++) a[col + i] = a[col + i]! * inverse;
      for (let c = col + n; c < n * n; c += n) {
        const factor = a[c + k]!;
        if (factor !== 0) for (let i = k + 1; i < n; i++) a[c + i] = a[c + i]! - factor * a[col + i]!;
      }
    }
    return true;
  }

  solve(b: Float64Array): void {
    const n = this.#n;
    const a = this.#lu;
    const pivot = this.#pivot;
    for (let k = 0; k < n; k++) {
      const p = pivot[k]!;
      if (p !== k) {
        const swap = b[k]!;
        b[k] = b[p]!;
        b[p] = swap;
      }
    }
    for (let k = 0, col = 0; k < n; k++, col += n) {
      const x = b[k]!;
      for (let i = k + 1; i < n; i++) b[i] = b[i]! - x * a[col + i]!;
    }
    for (let k = n - 1, col = (n - 1) * n; k >= 0; k--, col -= n) {
      const x = b[k]! / a[col + k]!;
      b[k] = x;
      for (let i = 0; i < k; i++) b[i] = b[i]! - x * a[col + i]!;
    }
  }

  solveTransposed(b: Float64Array): void {
    const n = this.#n;
    const a = this.#lu;
    const pivot = this.#pivot;
    for (let k = 0, col = 0; k < n; k++, col += n) {
      let sum = b[k]!;
      for (let i = 0; i < k; i++) sum -= a[col + i]! * b[i]!;
      b[k] = sum / a[col + k]!;
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
