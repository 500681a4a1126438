import type { SegmentView } from "../integrate/segment-view.ts";
import type { StepSink } from "../integrate/step-sink.ts";
import { forEachEntry } from "../jacobian/layout.ts";
import type { JacobianFunction, Krylov, OdeProblem, VectorField } from "../problem.ts";
import type { System } from "../system.ts";
import type { FieldDerivatives } from "./field-derivatives.ts";

/** lambda' = -J(t, y(t))^T lambda along a known y, with g' = -(df/dp)^T lambda appended when `augmented`.
 *  Without an analytic Jacobian its own is differenced. */
export function adjointProblem(
  derivatives: FieldDerivatives,
  stateAt: (t: number) => Float64Array,
  start: Float64Array,
  tSpan: readonly [number, number],
  augmented: boolean,
): OdeProblem {
  const { system } = derivatives;
  const { problem, n } = system;
  const unused = new Float64Array(system.p.length);
  const negative = new Float64Array(n);
  const f: VectorField = (t, l, dl) => {
    dl.fill(0);
    for (let i = 0; i < n; i++) negative[i] = -l[i]!;
    derivatives.pullback(t, stateAt(t), negative, dl.subarray(0, n), augmented ? dl.subarray(n) : unused);
  };
  const base = { f, y0: start, tSpan };
  if (problem.krylov !== undefined) {
    const jacobianVector: NonNullable<Krylov["jacobianVector"]> = (t, _l, v, out) => {
      // The pullback is linear in what it pulls back: the equation's own Jacobian times v is f of v.
      f(t, v, out, system.p);
    };
    return { ...base, krylov: { jacobianVector } };
  }
  if ((problem.jacobian ?? problem.sparseJacobian) === undefined || augmented) return base;
  const { band, eliminated, storage } = system.layout;
  const jac = system.newJacobian();
  if (storage === "compressed") {
    const transposed = eliminated!.transposed();
    const { starts, rows } = transposed;
    const sparsity = Array.from({ length: n }, (_, j) => [...rows.subarray(starts[j]!, starts[j + 1]!)]);
    const sources: number[] = [];
    sparsity.forEach((row, i) => {
      for (const j of row) sources.push(eliminated!.find(i, j));
    });
    const sparseJacobian: JacobianFunction = (t, _l, out) => {
      derivatives.jacobian(t, stateAt(t), jac);
      for (let e = 0; e < sources.length; e++) out[e] = -jac[sources[e]!]!;
    };
    return { ...base, sparsity, sparseJacobian };
  }
  const jacobian: JacobianFunction = (t, _l, out) => {
    derivatives.jacobian(t, stateAt(t), jac);
    transposeNegated(system, jac, out);
  };
  if (band === undefined) return { ...base, jacobian };
  return { ...base, jacobian, band: { lower: band.upper, upper: band.lower } };
}

/** Dense or in a band. */
function transposeNegated({ n, layout }: System, jac: Float64Array, out: Float64Array): void {
  const { band } = layout;
  forEachEntry(layout, n, (i, j, at) => {
    // Entry (j, i) of the transpose, whose upper bandwidth is `lower`.
    out[band === undefined ? j + n * i : band.lower + j - i + (band.lower + band.upper + 1) * i] = -jac[at]!;
  });
}

/** (y, lambda)' = (f, -J^T lambda), integrated backwards together, with g' = -(df/dp)^T lambda appended when
 *  `augmented`. */
export function backsolveProblem(
  derivatives: FieldDerivatives,
  start: Float64Array,
  tSpan: readonly [number, number],
  augmented: boolean,
): OdeProblem {
  const { system } = derivatives;
  const { n } = system;
  const unused = new Float64Array(system.p.length);
  const negative = new Float64Array(n);
  return {
    f: (t, unknowns, out) => {
      const state = unknowns.subarray(0, n);
      out.fill(0);
      for (let i = 0; i < n; i++) negative[i] = -unknowns[n + i]!;
      system.f(t, state, out.subarray(0, n));
      const gradP = augmented ? out.subarray(2 * n) : unused;
      derivatives.pullback(t, state, negative, out.subarray(n, 2 * n), gradP);
    },
    y0: start,
    tSpan,
    ...(system.problem.krylov && { krylov: {} }),
  };
}

/** Nodes and weights of Gauss's formula with three points on [0, 1]: exact to degree 5, as good as any dense
 *  output here. */
const nodes = [(1 - Math.sqrt(0.6)) / 2, 1 / 2, (1 + Math.sqrt(0.6)) / 2] as const;
const weights = [5 / 18, 8 / 18, 5 / 18] as const;

/** gradP += integral of lambda^T df/dp over each accepted segment of an adjoint integration, by Gauss's
 *  formula on its dense output: parameters, of which there may be thousands, are no unknowns of the
 *  differential equation. */
export class ParameterQuadrature implements StepSink {
  readonly #derivatives: FieldDerivatives;
  readonly #gradP: Float64Array;
  readonly #stateAt: ((t: number) => Float64Array) | undefined;
  readonly #unknowns: Float64Array;
  readonly #unused: Float64Array;
  readonly #n: number;

  /** @param stateAt y(t); undefined when the unknowns of the integration are (y, lambda) */
  constructor(
    derivatives: FieldDerivatives,
    gradP: Float64Array,
    stateAt: ((t: number) => Float64Array) | undefined,
  ) {
    this.#n = derivatives.system.n;
    this.#derivatives = derivatives;
    this.#gradP = gradP;
    this.#stateAt = stateAt;
    this.#unknowns = new Float64Array(stateAt === undefined ? 2 * this.#n : this.#n);
    this.#unused = new Float64Array(this.#n);
  }

  segment(view: SegmentView): void {
    if (this.#gradP.length === 0) return;
    const n = this.#n;
    // The adjoint runs against the direction of the solution: dt of the solution is -h.
    const length = -view.h;
    nodes.forEach((node, k) => {
      const t = view.t + node * view.h;
      const unknowns = this.#unknowns;
      view.evaluate(t, unknowns);
      const state = this.#stateAt ? this.#stateAt(t) : unknowns.subarray(0, n);
      const lambda = this.#stateAt ? unknowns : unknowns.subarray(n);
      const scaled = lambda.map((x) => x * weights[k]! * length);
      this.#derivatives.pullback(t, state, scaled, this.#unused, this.#gradP);
    });
  }
}
