import type { Matrix } from "../matrix/matrix.ts";
import type { SparsePattern } from "../matrix/pattern.ts";
import { largest, ROOT_EPSILON } from "../vectors.ts";
import type { JacobianForm } from "./form.ts";

/** A function of a vector, which writes its values into `out`. */
export type VectorFunction = (x: Float64Array, out: Float64Array) => void;

/** Fills Jacobians by differences of f, a group of columns an evaluation.
 *  @see Curtis, Powell and Reid, On the estimation of sparse Jacobian matrices, 1974 */
export class Differences {
  readonly #form: JacobianForm;
  readonly #shifted: Float64Array;
  readonly #plus: Float64Array;

  constructor(form: JacobianForm, n: number) {
    this.#form = form;
    this.#shifted = new Float64Array(n);
    this.#plus = new Float64Array(n);
  }

  /** (f(y + d e_j) - f(y)) / d, with d from `steps`. */
  fill(jac: Matrix, f: VectorFunction, y: Float64Array, steps: Float64Array, fy: Float64Array): void {
    const { groups, declared } = this.#form;
    const at = this.#shifted;
    at.set(y);
    for (let g = 0; g < (groups?.length ?? y.length); g++) {
      const group = groups?.[g] ?? [g];
      for (const j of group) at[j] = y[j]! + steps[j]!;
      f(at, this.#plus);
      for (const j of group) {
        writeColumn(jac, declared, j, this.#plus, fy, 1 / (at[j]! - y[j]!));
        at[j] = y[j]!;
      }
    }
  }
}

/** Column j of a Jacobian, where it may not be zero: (after - before) times `inverse`. */
export function writeColumn(
  jac: Matrix,
  declared: SparsePattern | undefined,
  j: number,
  after: Float64Array,
  before: Float64Array,
  inverse: number,
): void {
  const { values } = jac;
  const last = declared?.starts[j + 1] ?? jac.n;
  for (let e = declared?.starts[j] ?? 0; e < last; e++) {
    const i = declared?.rows[e] ?? e;
    values[jac.index(i, j)] = (after[i]! - before[i]!) * inverse;
  }
}

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
