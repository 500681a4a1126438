import type { Matrix } from "../matrix/matrix.ts";
import { largest } from "../vectors.ts";
import type { JacobianForm } from "./form.ts";

/** f with everything but the state fixed. */
export type Slope = (y: Float64Array, dy: Float64Array) => void;

/** Fills Jacobians by differences of f, a group of columns an evaluation.
 *  @see Curtis, Powell and Reid, On the estimation of sparse Jacobian matrices, 1974 */
export class Differences {
  readonly #form: JacobianForm;
  readonly #n: number;
  readonly #shifted: Float64Array;
  readonly #plus: Float64Array;
  readonly #inverses: Float64Array;
  /** For each group of columns: row, column and place of its entries, one after another. */
  #entries: readonly Int32Array[] | undefined;

  constructor(form: JacobianForm, n: number) {
    this.#form = form;
    this.#n = n;
    this.#shifted = new Float64Array(n);
    this.#plus = new Float64Array(n);
    this.#inverses = new Float64Array(n);
  }

  /** (f(y + d e_j) - f(y)) / d, with d from `steps`. */
  fill(jac: Matrix, f: Slope, y: Float64Array, steps: Float64Array, fy: Float64Array): void {
    const { groups } = this.#form;
    const at = this.#shifted;
    const inverses = this.#inverses;
    at.set(y);
    for (let j = 0; j < y.length; j++) inverses[j] = 1 / (y[j]! + steps[j]! - y[j]!);
    if (groups === undefined) {
      for (let j = 0; j < y.length; j++) {
        at[j] = y[j]! + steps[j]!;
        f(at, this.#plus);
        at[j] = y[j]!;
        this.#fillColumn(jac.values, j, fy);
      }
      return;
    }
    this.#entries ??= entriesOf(this.#form, jac);
    for (let g = 0; g < groups.length; g++) {
      const group = groups[g]!;
      for (const j of group) at[j] = y[j]! + steps[j]!;
      f(at, this.#plus);
      for (const j of group) at[j] = y[j]!;
      this.#fillGroup(jac.values, this.#entries[g]!, fy);
    }
  }

  /** Fills a column of a dense matrix. */
  #fillColumn(values: Float64Array, j: number, before: Float64Array): void {
    const n = this.#n;
    const after = this.#plus;
    const inverse = this.#inverses[j]!;
    for (let i = 0, at = n * j; i < n; i++, at++) values[at] = (after[i]! - before[i]!) * inverse;
  }

  #fillGroup(values: Float64Array, entries: Int32Array, before: Float64Array): void {
    const after = this.#plus;
    const inverses = this.#inverses;
    for (let e = 0; e + 2 < entries.length; e += 3) {
      const i = entries[e]!;
      values[entries[e + 2]!] = (after[i]! - before[i]!) * inverses[entries[e + 1]!]!;
    }
  }
}

function entriesOf({ groups, declared }: JacobianForm, jac: Matrix): Int32Array[] {
  const { starts, rows } = declared!;
  return groups!.map((group) => {
    const entries: number[] = [];
    for (const j of group) {
      for (let e = starts[j]!; e < starts[j + 1]!; e++) entries.push(rows[e]!, j, jac.index(rows[e]!, j));
    }
    return Int32Array.from(entries);
  });
}

/** The root of the rounding unit. */
export const ROOT_EPSILON: number = 2 ** -26;

/** Increments for forward differences: the root of the rounding unit times the size of y_j. A component near
 *  0 takes its change in a step as its size. The increment is at least so large that the rounding of f stays
 *  small next to the error weight of y_j (the rule of CVODE's dense difference quotient).
 *  @param h the step, or infinity if h f is not a change of y
 *  @param floor 1000 eps n |h| ||f||, with f in the weighted norm; 0 when unknown */
export function forwardSteps(
  y: Float64Array,
  fy: Float64Array,
  weights: Float64Array,
  h: number,
  floor: number,
  steps: Float64Array,
): void {
  const size = 1e-3 * largest(y);
  for (let j = 0; j < y.length; j++) {
    const distance = Math.abs(h * fy[j]!);
    const weight = weights[j]!;
    let far = size;
    // An infinite h, times 0, is not a number: as far as `size`.
    if (distance < size) far = distance;
    const scale = Math.max(Math.abs(y[j]!), far);
    let step = Math.max(ROOT_EPSILON * scale, floor * weight);
    if (!(step > 0)) step = ROOT_EPSILON * (weight > 0 ? weight : 1);
    steps[j] = y[j]! < 0 ? -step : step;
  }
}
