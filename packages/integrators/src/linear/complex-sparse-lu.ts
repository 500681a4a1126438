import { type EliminationPlan, eliminationPlan } from "./elimination-plan.ts";
import type { ComplexLu } from "./factorisation.ts";
import { PIVOT_THRESHOLD } from "./front-kernel.ts";
import type { SparsePattern } from "./sparse-pattern.ts";

/** The complex sibling of `SparseLu`: LU of (re + i im) I - J for a real J of a known pattern; false where a
 *  pivot is not trusted. */
export class ComplexSparseLu implements ComplexLu {
  readonly #plan: EliminationPlan;
  readonly #sources: Int32Array | undefined;
  readonly #re: Float64Array;
  readonly #im: Float64Array;
  /** Reciprocals of the pivots, by unknown. */
  readonly #inverseRe: Float64Array;
  readonly #inverseIm: Float64Array;

  constructor(pattern: SparsePattern, sources?: Int32Array) {
    const { n } = pattern;
    this.#plan = eliminationPlan(pattern);
    this.#sources = sources;
    this.#re = new Float64Array(this.#plan.size);
    this.#im = new Float64Array(this.#plan.size);
    this.#inverseRe = new Float64Array(n);
    this.#inverseIm = new Float64Array(n);
  }

  factor(jacobian: Float64Array, re: number, im: number): boolean {
    const { n, order, kept, diagonal, lower, upper, upperKept, targets } = this.#plan;
    const ar = this.#re;
    const ai = this.#im;
    ar.fill(0);
    ai.fill(0);
    const sources = this.#sources;
    for (let e = 0; e < kept.length; e++) {
      ar[kept[e]!] = -jacobian[sources === undefined ? e : sources[e]!]!;
    }
    for (let i = 0; i < n; i++) {
      ar[diagonal[i]!] = ar[diagonal[i]!]! + re;
      ai[diagonal[i]!] = im;
    }
    let target = 0;
    for (let k = 0; k < n; k++) {
      const unknown = order[k]!;
      const pr = ar[diagonal[unknown]!]!;
      const pi = ai[diagonal[unknown]!]!;
      const size = pr * pr + pi * pi;
      const most = (Math.abs(pr) + Math.abs(pi)) / PIVOT_THRESHOLD;
      // Also refuses NaN, and what the square of a modulus cannot hold.
      if (!(size > 0 && size < Number.POSITIVE_INFINITY)) return false;
      const ir = pr / size;
      const ii = -pi / size;
      this.#inverseRe[unknown] = ir;
      this.#inverseIm[unknown] = ii;
      const first = lower[k]!;
      const end = lower[k + 1]!;
      for (let l = first; l < end; l++) {
        const xr = ar[l]!;
        const xi = ai[l]!;
        if (!(Math.abs(xr) + Math.abs(xi) <= most)) return false;
        ar[l] = xr * ir - xi * ii;
        ai[l] = xr * ii + xi * ir;
      }
      for (let u = upper[k]!; u < upper[k + 1]!; u++) {
        const place = upperKept[u]!;
        const fr = ar[place]!;
        const fi = ai[place]!;
        for (let l = first; l < end; l++) {
          const at = targets[target++]!;
          const xr = ar[l]!;
          const xi = ai[l]!;
          ar[at] = ar[at]! - (fr * xr - fi * xi);
          ai[at] = ai[at]! - (fr * xi + fi * xr);
        }
        ar[place] = fr * ir - fi * ii;
        ai[place] = fr * ii + fi * ir;
      }
    }
    return true;
  }

  solve(re: Float64Array, im: Float64Array): void {
    const { n, lower, row } = this.#plan;
    const middle = lower[n]!;
    this.#subtract(re, im, 0, middle);
    for (let i = 0; i < n; i++) {
      const pr = this.#inverseRe[i]!;
      const pi = this.#inverseIm[i]!;
      const xr = re[i]!;
      const xi = im[i]!;
      re[i] = xr * pr - xi * pi;
      im[i] = xr * pi + xi * pr;
    }
    this.#subtract(re, im, middle, row.length);
  }

  /** What the entries kept from `first` to `end` take, each from its row. */
  #subtract(re: Float64Array, im: Float64Array, first: number, end: number): void {
    const { row, column } = this.#plan;
    const ar = this.#re;
    const ai = this.#im;
    for (let e = first; e < end; e++) {
      const i = row[e]!;
      const j = column[e]!;
      const fr = ar[e]!;
      const fi = ai[e]!;
      const xr = re[j]!;
      const xi = im[j]!;
      re[i] = re[i]! - (fr * xr - fi * xi);
      im[i] = im[i]! - (fr * xi + fi * xr);
    }
  }
}
