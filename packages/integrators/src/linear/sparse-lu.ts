import { DenseLu } from "./dense-lu.ts";
import { type EliminationPlan, eliminationPlan } from "./elimination-plan.ts";
import type { RealLu } from "./factorisation.ts";

/** A pivot this much smaller than an entry below it is not trusted. */
export const PIVOT_THRESHOLD = 1e-3;

/** LU of shift I - J for a dense column-major J whose non-zeros lie in a known pattern: the operations that
 *  the pattern leaves, in an order that keeps them few. Pivots are diagonal entries; where one is too small
 *  for that, this matrix is factorised as a dense one with row swaps. */
export class SparseLu implements RealLu {
  readonly #plan: EliminationPlan;
  readonly #a: Float64Array;
  /** Reciprocals of the pivots, by unknown. */
  readonly #inverse: Float64Array;
  /** Made when it is first needed. */
  #dense: DenseLu | undefined;
  #isDense = false;

  /** @param rows the rows of each column */
  constructor(n: number, rows: readonly (readonly number[])[]) {
    this.#plan = eliminationPlan(n, rows);
    this.#a = new Float64Array(this.#plan.size);
    this.#inverse = new Float64Array(n);
  }

  /** Whether the pattern, with what the elimination adds to it, leaves out enough of the matrix to be worth
   *  it. */
  static pays(n: number, rows: readonly (readonly number[])[]): boolean {
    return n >= 10 && 2 * eliminationPlan(n, rows).size < n * n;
  }

  factor(jacobian: Float64Array, shift: number): boolean {
    this.#isDense = !this.#eliminate(jacobian, shift);
    if (!this.#isDense) return true;
    this.#dense ??= new DenseLu(this.#plan.n);
    return this.#dense.factor(jacobian, shift);
  }

  #eliminate(jacobian: Float64Array, shift: number): boolean {
    const { n, order, source, kept, diagonal, lower, upper, upperKept, targets } = this.#plan;
    const a = this.#a;
    a.fill(0);
    for (let e = 0; e < source.length; e++) a[kept[e]!] = -jacobian[source[e]!]!;
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
    if (this.#isDense) {
      this.#dense!.solve(b);
      return;
    }
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
    if (this.#isDense) {
      this.#dense!.solveTransposed(b);
      return;
    }
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
