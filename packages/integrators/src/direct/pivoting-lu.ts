import { GrowingArray } from "../growing-array.ts";
import type { SparsePattern } from "../matrix/pattern.ts";
import type { Factorisation } from "./factorisation.ts";
import { frontPlan } from "./front-plan.ts";

/** The diagonal entry is preferred to one up to so many times larger. */
const PREFERENCE = 10;

/** LU of a matrix in compressed columns, with row swaps wherever they are needed: column by
 *  column, each with the columns before it that its entries reach. For matrices that `FrontalLu` gives up.
 *  @see Gilbert and Peierls, Sparse partial pivoting in time proportional to arithmetic operations, 1988 */
export class PivotingLu implements Factorisation {
  readonly #pattern: SparsePattern;
  readonly #order: Int32Array;
  /** When each row became a pivot, and which row each step has. */
  readonly #stepOf: Int32Array;
  readonly #rowOf: Int32Array;
  readonly #inverse: Float64Array;
  readonly #lowerStarts: Int32Array;
  readonly #upperStarts: Int32Array;
  #lowerValues = new GrowingArray();
  #lowerRows = new GrowingArray();
  #upperValues = new GrowingArray();
  #upperSteps = new GrowingArray();
  readonly #x: Float64Array;
  readonly #seen: Int32Array;
  readonly #stack: Int32Array;
  readonly #resume: Int32Array;
  /** The rows that the column at hand reaches; pivots from the end on, in the order of their use. */
  readonly #reached: Int32Array;

  constructor(pattern: SparsePattern) {
    const { n } = pattern;
    this.#pattern = pattern;
    this.#order = frontPlan(pattern).order;
    this.#stepOf = new Int32Array(n);
    this.#rowOf = new Int32Array(n);
    this.#inverse = new Float64Array(n);
    this.#lowerStarts = new Int32Array(n + 1);
    this.#upperStarts = new Int32Array(n + 1);
    this.#x = new Float64Array(n);
    this.#seen = new Int32Array(n);
    this.#stack = new Int32Array(n);
    this.#resume = new Int32Array(n);
    this.#reached = new Int32Array(n);
  }

  factor(values: Float64Array): boolean {
    const { n, starts, rows } = this.#pattern;
    const x = this.#x.fill(0);
    this.#stepOf.fill(-1);
    this.#seen.fill(-1);
    this.#lowerValues = new GrowingArray(4 * rows.length);
    this.#lowerRows = new GrowingArray(4 * rows.length);
    this.#upperValues = new GrowingArray(4 * rows.length);
    this.#upperSteps = new GrowingArray(4 * rows.length);
    for (let k = 0; k < n; k++) {
      const j = this.#order[k]!;
      let top = n;
      for (let e = starts[j]!; e < starts[j + 1]!; e++) top = this.#reach(rows[e]!, k, top);
      for (let e = starts[j]!; e < starts[j + 1]!; e++) x[rows[e]!] = values[e]!;
      if (!this.#column(k, j, top)) return false;
    }
    return true;
  }

  /** Rows that a row leads to through the columns of its pivot: put in front of those found before. */
  #reach(from: number, k: number, top: number): number {
    const seen = this.#seen;
    const stack = this.#stack;
    const resume = this.#resume;
    const starts = this.#lowerStarts;
    const lower = this.#lowerRows.data;
    if (seen[from] === k) return top;
    let first = top;
    let depth = 0;
    stack[0] = from;
    seen[from] = k;
    resume[0] = this.#stepOf[from]! < 0 ? 0 : starts[this.#stepOf[from]!]!;
    while (depth >= 0) {
      const row = stack[depth]!;
      const step = this.#stepOf[row]!;
      const end = step < 0 ? 0 : starts[step + 1]!;
      let at = resume[depth]!;
      while (at < end && seen[lower[at]!] === k) at++;
      if (at >= end) {
        this.#reached[--first] = row;
        depth--;
        continue;
      }
      resume[depth] = at + 1;
      const next = lower[at]!;
      seen[next] = k;
      stack[++depth] = next;
      resume[depth] = this.#stepOf[next]! < 0 ? 0 : starts[this.#stepOf[next]!]!;
    }
    return first;
  }

  #column(k: number, j: number, top: number): boolean {
    const { n } = this.#pattern;
    const x = this.#x;
    const reached = this.#reached;
    const stepOf = this.#stepOf;
    const starts = this.#lowerStarts;
    let best = 0;
    let pivot = -1;
    for (let at = top; at < n; at++) {
      const row = reached[at]!;
      const step = stepOf[row]!;
      if (step < 0) continue;
      const value = x[row]!;
      this.#upperSteps.push(step);
      this.#upperValues.push(value);
      const lower = this.#lowerRows.data;
      const values = this.#lowerValues.data;
      for (let e = starts[step]!; e < starts[step + 1]!; e++) {
        const i = lower[e]!;
        x[i] = x[i]! - value * values[e]!;
      }
    }
    for (let at = top; at < n; at++) {
      const row = reached[at]!;
      if (stepOf[row]! >= 0) continue;
      const size = Math.abs(x[row]!);
      // Also refuses NaN.
      if (!(size < Number.POSITIVE_INFINITY)) return false;
      if (size > best) {
        best = size;
        pivot = row;
      }
    }
    if (pivot < 0) return false;
    if (stepOf[j]! < 0 && this.#seen[j] === k && Math.abs(x[j]!) * PREFERENCE >= best) pivot = j;
    const inverse = 1 / x[pivot]!;
    this.#inverse[k] = inverse;
    stepOf[pivot] = k;
    this.#rowOf[k] = pivot;
    for (let at = top; at < n; at++) {
      const row = reached[at]!;
      if (stepOf[row]! < 0) {
        this.#lowerRows.push(row);
        this.#lowerValues.push(x[row]! * inverse);
      }
      x[row] = 0;
    }
    starts[k + 1] = this.#lowerRows.length;
    this.#upperStarts[k + 1] = this.#upperSteps.length;
    return true;
  }

  solve(b: Float64Array): void {
    const { n } = this.#pattern;
    const x = this.#x;
    const [lower, values] = [this.#lowerRows.data, this.#lowerValues.data];
    const [steps, upper] = [this.#upperSteps.data, this.#upperValues.data];
    for (let k = 0; k < n; k++) {
      const value = b[this.#rowOf[k]!]!;
      x[k] = value;
      for (let e = this.#lowerStarts[k]!; e < this.#lowerStarts[k + 1]!; e++) {
        const i = lower[e]!;
        b[i] = b[i]! - value * values[e]!;
      }
    }
    for (let k = n - 1; k >= 0; k--) {
      const value = x[k]! * this.#inverse[k]!;
      b[this.#order[k]!] = value;
      for (let e = this.#upperStarts[k]!; e < this.#upperStarts[k + 1]!; e++) {
        const step = steps[e]!;
        x[step] = x[step]! - value * upper[e]!;
      }
    }
  }

  solveTransposed(b: Float64Array): void {
    const { n } = this.#pattern;
    const x = this.#x;
    const [lower, values] = [this.#lowerRows.data, this.#lowerValues.data];
    const [steps, upper] = [this.#upperSteps.data, this.#upperValues.data];
    for (let k = 0; k < n; k++) {
      let sum = b[this.#order[k]!]!;
      for (let e = this.#upperStarts[k]!; e < this.#upperStarts[k + 1]!; e++)
        sum -= x[steps[e]!]! * upper[e]!;
      x[k] = sum * this.#inverse[k]!;
    }
    for (let k = n - 1; k >= 0; k--) {
      let sum = x[k]!;
      for (let e = this.#lowerStarts[k]!; e < this.#lowerStarts[k + 1]!; e++) {
        sum -= b[lower[e]!]! * values[e]!;
      }
      b[this.#rowOf[k]!] = sum;
    }
  }
}
