import { type EliminationPlan, eliminationPlan } from "./elimination-plan.ts";
import type { RealLu } from "./factorisation.ts";
import { PIVOT_THRESHOLD } from "./front-kernel.ts";
import type { SparsePattern } from "./sparse-pattern.ts";

/** LU of shift I - J for a small J of a known pattern, which includes the diagonal: the operations that the
 *  pattern leaves, each written down, in an order that keeps them few. Pivots are diagonal entries; false
 *  where one is too small for that. */
export class SparseLu implements RealLu {
  readonly #plan: EliminationPlan;
  /** Where the entries of the pattern are in J; one after another if undefined. */
  readonly #sources: Int32Array | undefined;
  readonly #a: Float64Array;
  /** Reciprocals of the pivots, by unknown. */
  readonly #inverse: Float64Array;

  constructor(pattern: SparsePattern, sources?: Int32Array) {
    this.#plan = eliminationPlan(pattern);
    this.#sources = sources;
    this.#a = new Float64Array(this.#plan.size);
    this.#inverse = new Float64Array(pattern.n);
  }

  factor(jacobian: Float64Array, shift: number): boolean {
    const { n, order, kept, diagonal, lower, upper, upperKept, targets } = this.#plan;
    const a = this.#a;
    a.fill(0);
    const sources = this.#sources;
    for (let e = 0; e < kept.length; e++) {
      a[kept[e]!] = -jacobian[sources === undefined ? e : sources[e]!]!;
    }
    for (let i = 0; i < n; i++) a[diagonal[i]!] = a[diagonal[i]!]! + shift;
    let target = 0;
    for (let k = 0; k < n; k++) {
      const unknown = order[k]!;
      const pivot = a[diagonal[unknown]!]!;
      const first = lower[k]!;
      const end = lower[k + 1]!;
      const most = Math.abs(pivot) / PIVOT_THRESHOLD;
      // Also refuses NaN.
      if (!(most > 0 && most < Number.POSITIVE_INFINITY)) return false;
      const inverse = 1 / pivot;
      this.#inverse[unknown] = inverse;
      for (let l = first; l < end; l++) {
        if (!(Math.abs(a[l]!) <= most)) return false;
        a[l] = a[l]! * inverse;
      }
      for (let u = upper[k]!; u < upper[k + 1]!; u++) {
        const place = upperKept[u]!;
        const factor = a[place]!;
        for (let l = first; l < end; l++) {
          const at = targets[target++]!;
          a[at] = a[at]! - factor * a[l]!;
        }
        a[place] = factor * inverse;
      }
    }
    return true;
  }

  solve(b: Float64Array): void {
    const { n, lower, row, column } = this.#plan;
    const a = this.#a;
    const inverse = this.#inverse;
    const middle = lower[n]!;
    for (let e = 0; e < middle; e++) {
      const i = row[e]!;
      b[i] = b[i]! - a[e]! * b[column[e]!]!;
    }
    for (let i = 0; i < n; i++) b[i] = b[i]! * inverse[i]!;
    for (let e = middle; e < row.length; e++) {
      const i = row[e]!;
      b[i] = b[i]! - a[e]! * b[column[e]!]!;
    }
  }

  solveTransposed(b: Float64Array): void {
    const { n, lower, row, column } = this.#plan;
    const a = this.#a;
    const inverse = this.#inverse;
    const middle = lower[n]!;
    for (let e = row.length - 1; e >= middle; e--) {
      const j = column[e]!;
      b[j] = b[j]! - a[e]! * b[row[e]!]!;
    }
    for (let i = 0; i < n; i++) b[i] = b[i]! * inverse[i]!;
    for (let e = middle - 1; e >= 0; e--) {
      const j = column[e]!;
      b[j] = b[j]! - a[e]! * b[row[e]!]!;
    }
  }
}
