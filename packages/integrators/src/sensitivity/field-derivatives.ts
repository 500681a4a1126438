import type { OdeProblem } from "../problem.ts";
import type { System } from "../system.ts";

/** eps^(1/3): central differences at this relative step are good to about 1e-10. */
const CENTRAL = 2 ** -17;

/** First derivatives of the field at a point: the problem's own where it gives them, central differences
 *  where not. */
export class FieldDerivatives {
  readonly system: System;
  readonly jac: Float64Array;
  /** Calls of the field's pullback, or of what stands in for it. */
  pullbacks = 0;
  readonly #problem: OdeProblem;
  readonly #plus: Float64Array;
  readonly #minus: Float64Array;
  readonly #shifted: Float64Array;
  readonly #shiftedP: Float64Array;
  readonly #parameterMatrix: Float64Array;

  constructor(system: System) {
    const { n } = system;
    this.system = system;
    this.#problem = system.problem;
    this.jac = system.newJacobian();
    this.#plus = new Float64Array(n);
    this.#minus = new Float64Array(n);
    this.#shifted = new Float64Array(n);
    this.#shiftedP = new Float64Array(system.p.length);
    this.#parameterMatrix = new Float64Array(n * system.p.length);
  }

  /** df/dy at (t, y) into `jac`, in the system's storage. */
  jacobian(t: number, y: Float64Array, jac: Float64Array = this.jac): Float64Array {
    const { system } = this;
    system.stats.jacobians++;
    jac.fill(0);
    if (system.analyticJacobian(t, y, jac)) return jac;
    const { layout, n } = system;
    const { groups: given, declared, places } = layout;
    const groups = given ?? Array.from({ length: n }, (_, j) => [j]);
    const at = this.#shifted;
    const floor = stateFloor(y);
    const steps = y.map((x) => stateStep(x, floor));
    for (const group of groups) {
      at.set(y);
      for (const j of group) at[j] = y[j]! + steps[j]!;
      system.f(t, at, this.#plus);
      for (const j of group) at[j] = y[j]! - steps[j]!;
      system.f(t, at, this.#minus);
      for (const j of group) {
        const inverse = 0.5 / steps[j]!;
        if (given === undefined) {
          for (let i = 0; i < n; i++) jac[i + n * j] = (this.#plus[i]! - this.#minus[i]!) * inverse;
          continue;
        }
        for (let e = declared!.starts[j]!; e < declared!.starts[j + 1]!; e++) {
          const i = declared!.rows[e]!;
          jac[places === undefined ? e : places[e]!] = (this.#plus[i]! - this.#minus[i]!) * inverse;
        }
      }
    }
    return jac;
  }

  /** gradY += v^T df/dy, gradP += v^T df/dp. */
  pullback(t: number, y: Float64Array, v: Float64Array, gradY: Float64Array, gradP: Float64Array): void {
    const { system } = this;
    this.pullbacks++;
    if (this.#problem.pullback !== undefined) {
      this.#problem.pullback(system.inside(t), y, v, gradY, gradP, system.p);
      return;
    }
    system.addTransposedProduct(this.jacobian(t, y), v, gradY);
    const count = system.p.length;
    if (count === 0) return;
    const matrix = this.parameterJacobian(t, y);
    for (let i = 0; i < v.length; i++) {
      for (let k = 0; k < count; k++) gradP[k] = gradP[k]! + v[i]! * matrix[k * v.length + i]!;
    }
  }

  /** df_i/dp_k at (t, y), column-major [n, p.length]: the problem's own, by one pullback a row, or by central
   *  differences. The array is reused. */
  parameterJacobian(t: number, y: Float64Array, matrix: Float64Array = this.#parameterMatrix): Float64Array {
    const { n, p, field, stats } = this.system;
    const time = this.system.inside(t);
    const count = p.length;
    if (this.#problem.parameterJacobian !== undefined) {
      this.#problem.parameterJacobian(time, y, matrix.fill(0), p);
      return matrix;
    }
    if (this.#problem.pullback !== undefined) {
      const unit = this.#plus.fill(0);
      const row = this.#shiftedP;
      for (let i = 0; i < n; i++) {
        unit[i] = 1;
        this.#problem.pullback(time, y, unit, this.#minus, row.fill(0), p);
        for (let k = 0; k < count; k++) matrix[k * n + i] = row[k]!;
        unit[i] = 0;
      }
      this.pullbacks += n;
      return matrix;
    }
    const at = this.#shiftedP;
    at.set(p);
    for (let k = 0; k < count; k++) {
      const step = CENTRAL * (Math.abs(p[k]!) || 1);
      at[k] = p[k]! + step;
      field(time, y, this.#plus, at);
      at[k] = p[k]! - step;
      field(time, y, this.#minus, at);
      at[k] = p[k]!;
      for (let i = 0; i < n; i++) matrix[k * n + i] = (0.5 * (this.#plus[i]! - this.#minus[i]!)) / step;
    }
    stats.evaluations += 2 * count;
    return matrix;
  }
}

/** Components at 0 are moved by this part of the others' size. */
export function stateFloor(y: Float64Array): number {
  return 1e-3 * largest(y) || 1;
}

/** A small but resolved change of a component. */
export function stateStep(x: number, floor: number): number {
  return CENTRAL * Math.max(Math.abs(x), floor);
}

export function largest(v: Float64Array): number {
  let size = 0;
  for (let i = 0; i < v.length; i++) size = Math.max(size, Math.abs(v[i]!));
  return size;
}

/** A step e such that y +- e u is a small but resolved change of y. */
export function directionStep(y: Float64Array, u: Float64Array): number {
  const size = largest(u);
  return size === 0 ? 0 : (CENTRAL * (largest(y) || 1)) / size;
}
