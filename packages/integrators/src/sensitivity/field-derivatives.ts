import { CentralDifferences, Scales } from "../derivatives/central-differences.ts";
import { writeColumn } from "../jacobian/differences.ts";
import type { Matrix } from "../matrix/matrix.ts";
import type { OdeProblem } from "../problem.ts";
import type { System } from "../system.ts";

/** First derivatives of the field at a point: the problem's own where it gives them, central differences
 *  where not. */
export class FieldDerivatives {
  readonly system: System;
  readonly scales: Scales;
  /** Calls of the field's pullback, or of what stands in for it. */
  pullbacks = 0;
  readonly #problem: OdeProblem;
  readonly #byState: CentralDifferences;
  readonly #byParameter: CentralDifferences;
  readonly #parameterMatrix: Float64Array;
  /** Takes gradients by parameters that no one wants. */
  readonly unused: Float64Array;
  #jac: Matrix | undefined;

  constructor(system: System) {
    const { n } = system;
    const count = system.p.length;
    this.system = system;
    this.scales = new Scales(system.problem, system.tolerances);
    this.#problem = system.problem;
    this.#byState = new CentralDifferences(n, n);
    this.#byParameter = new CentralDifferences(count, n);
    this.#parameterMatrix = new Float64Array(n * count);
    this.unused = new Float64Array(count);
  }

  /** df/dy at (t, y) into `jac`. */
  jacobian(t: number, y: Float64Array, given?: Matrix): Matrix {
    const { system } = this;
    this.#jac ??= given ?? system.newJacobian();
    const jac = given ?? this.#jac;
    system.stats.jacobians++;
    if (system.analyticJacobian(t, y, jac)) return jac;
    this.#byState.each(
      (at, out) => system.f(t, at, out),
      y,
      this.scales.ofState(y),
      (j, plus, minus, distance) => writeColumn(jac, system.form.declared, j, plus, minus, 1 / distance),
      system.form,
    );
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
    this.jacobian(t, y).addTransposedProduct(v, gradY);
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
      const [unit, unused, row] = [new Float64Array(n), new Float64Array(n), new Float64Array(count)];
      for (let i = 0; i < n; i++) {
        unit[i] = 1;
        this.#problem.pullback(time, y, unit, unused, row.fill(0), p);
        for (let k = 0; k < count; k++) matrix[k * n + i] = row[k]!;
        unit[i] = 0;
      }
      this.pullbacks += n;
      return matrix;
    }
    this.#byParameter.each(
      (at, out) => field(time, y, out, at),
      p,
      this.scales.ofParameters(p),
      (k, plus, minus, distance) => {
        for (let i = 0; i < n; i++) matrix[k * n + i] = (plus[i]! - minus[i]!) / distance;
      },
    );
    stats.evaluations += 2 * count;
    return matrix;
  }
}
