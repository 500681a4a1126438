import { CentralDifferences, SMOOTH, timeIncrement } from "../derivatives/central-differences.ts";
import type { StepSink } from "../integrate/step-sink.ts";
import type { VectorFunction } from "../jacobian/differences.ts";
import type { JacobianFunction, Krylov, OdeProblem, VectorField } from "../problem.ts";
import { largest } from "../vectors.ts";
import type { FieldDerivatives } from "./field-derivatives.ts";

/** lambda' = -J(t, y(t))^T lambda along a known y. It is linear in lambda: its own Jacobian is that of f,
 *  transposed, and no difference of what may be differences already.
 *  @param step over which y varies */
export function adjointProblem(
  derivatives: FieldDerivatives,
  stateAt: (t: number) => Float64Array,
  start: Float64Array,
  tSpan: readonly [number, number],
  step: number,
): OdeProblem {
  const { system } = derivatives;
  const { problem, n } = system;
  const negative = new Float64Array(n);
  const f: VectorField = (t, l, dl) => {
    for (let i = 0; i < n; i++) negative[i] = -l[i]!;
    derivatives.pullback(t, stateAt(t), negative, dl.fill(0), derivatives.unused);
  };
  const base = { f, timeDerivative: aheadDifference(f, tSpan, step), y0: start, tSpan };
  if (problem.krylov !== undefined) {
    const jacobianVector: NonNullable<Krylov["jacobianVector"]> = (t, _l, v, out) => {
      // The pullback is linear in what it pulls back: the equation's own Jacobian times v is f of v.
      f(t, v, out, system.p);
    };
    return { ...base, krylov: { jacobianVector } };
  }
  // Its entry (j, i) is -J_ij.
  const pattern = system.form.declared?.transposed();
  const jacobian: JacobianFunction = (t, _l, out) => {
    const jac = derivatives.jacobian(t, stateAt(t));
    jac.forEachEntry((i, j, at) => {
      const to = pattern === undefined ? j + n * i : pattern.find(j, i);
      if (to >= 0) out[to] = -jac.values[at]!;
    });
  };
  if (pattern === undefined) return { ...base, jacobian };
  const { starts, rows } = pattern;
  const sparsity = Array.from({ length: n }, (_, i) => [...rows.subarray(starts[i]!, starts[i + 1]!)]);
  return { ...base, sparsity, sparseJacobian: jacobian };
}

/** df/dt, from where a step goes to: f may jump where it begins. */
function aheadDifference(f: VectorField, [t0, t1]: readonly [number, number], step: number): VectorField {
  return (t, y, out, p) => {
    const distance = t + Math.sign(t1 - t0) * timeIncrement(t, step, SMOOTH) - t;
    const [here, near, far] = [0, 1, 2].map((k) => {
      const slope = out.slice();
      f(t + k * distance, y, slope, p);
      return slope;
    });
    out.set(here!.map((x, i) => (4 * near![i]! - 3 * x - far![i]!) / (2 * distance)));
  };
}

/** (y, lambda)' = (f, -J^T lambda), integrated backwards together.
 *  @param step over which y varies */
export function backsolveProblem(
  derivatives: FieldDerivatives,
  start: Float64Array,
  tSpan: readonly [number, number],
  step: number,
): OdeProblem {
  const { system, scales } = derivatives;
  const { n, problem } = system;
  const negative = new Float64Array(n);
  const f: VectorField = (t, unknowns, out) => {
    const state = unknowns.subarray(0, n);
    out.fill(0);
    for (let i = 0; i < n; i++) negative[i] = -unknowns[n + i]!;
    system.f(t, state, out.subarray(0, n));
    derivatives.pullback(t, state, negative, out.subarray(n), derivatives.unused);
  };
  const base = { f, y0: start, tSpan, ...(problem.autonomous && { autonomous: true }) };
  if (problem.krylov) return { ...base, krylov: {} };
  if (problem.pullback ?? problem.jacobian ?? problem.sparseJacobian) return base;
  // Differences of what are differences already need larger increments.
  const both = new CentralDifferences(2 * n, 2 * n);
  const jacobian: JacobianFunction = (t, unknowns, out, p) => {
    const [size, dual] = [largest(unknowns.subarray(0, n)), largest(unknowns.subarray(n)) || 1];
    const least = unknowns.map((_, j) => (j < n ? scales.floor(j, size) : dual));
    const large = unknowns.map((x, j) => SMOOTH * Math.max(Math.abs(x), least[j]!));
    const moved: VectorFunction = (at, slope) => f(t, at, slope, p);
    both.each(moved, unknowns, { large, small: large }, (j, plus, minus, distance) => {
      for (let i = 0; i < 2 * n; i++) out[i + 2 * n * j] = (plus[i]! - minus[i]!) / distance;
    });
  };
  return { ...base, jacobian, timeDerivative: aheadDifference(f, tSpan, step) };
}

/** Nodes and weights of Gauss's formula with three points on [0, 1]: exact to degree 5, as good as any dense
 *  output here. */
const nodes = [(1 - Math.sqrt(0.6)) / 2, 1 / 2, (1 + Math.sqrt(0.6)) / 2] as const;
const weights = [5 / 18, 8 / 18, 5 / 18] as const;

/** gradP += integral of lambda^T df/dp over each accepted segment of an adjoint integration, by Gauss's
 *  formula on its dense output. So thousands of parameters add no unknowns to the differential equation.
 *  @param stateAt y(t); undefined when the unknowns of the integration are (y, lambda) */
export function parameterQuadrature(
  derivatives: FieldDerivatives,
  gradP: Float64Array,
  stateAt: ((t: number) => Float64Array) | undefined,
): StepSink {
  const { n } = derivatives.system;
  const unknowns = new Float64Array(stateAt === undefined ? 2 * n : n);
  const [state, lambda] = [unknowns.subarray(0, n), unknowns.subarray(-n)];
  const unused = new Float64Array(n);
  return {
    segment(view) {
      nodes.forEach((node, k) => {
        const t = view.t + node * view.h;
        view.evaluate(t, unknowns);
        // The adjoint runs against the direction of the solution: dt of the solution is -h.
        const scaled = lambda.map((x) => x * weights[k]! * -view.h);
        derivatives.pullback(t, stateAt?.(t) ?? state, scaled, unused, gradP);
      });
    },
  };
}
