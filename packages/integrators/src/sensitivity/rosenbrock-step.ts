import type { RosenbrockStepper } from "../steppers/rosenbrock.ts";
import type { Stepper } from "../steppers/stepper.ts";
import type { RosenbrockTableau } from "../tableau/rosenbrock.ts";
import type { DifferentiableStep } from "./differentiable-step.ts";
import { addMatrixProduct, directionStep } from "./field-derivatives.ts";
import { RecordedStep } from "./recorded-step.ts";

const TIME_STEP = 2 ** -17;

/** Derivatives of Rosenbrock steps. The method contains J(t, y) and df/dt themselves, so its derivative
 *  contains second derivatives of f: those of v^T J u and v^T df/dt, which are taken as central differences
 *  of first derivatives. Give the problem a `pullback` or a `jacobian`, or these become differences of
 *  differences (good to about 1e-5 of a term that is small with the step). */
export class RosenbrockStep extends RecordedStep<RosenbrockStepper> implements DifferentiableStep {
  readonly #tableau: RosenbrockTableau;

  constructor(
    stepper: RosenbrockStepper,
    tableau: RosenbrockTableau,
    weightsOf: (y: Float64Array) => Float64Array,
  ) {
    super(stepper, 1 + tableau.m.length, weightsOf);
    this.#tableau = tableau;
  }

  /** Keeps y and the increments u_i. */
  record(
    t: number,
    h: number,
    y: Float64Array,
    yNew: Float64Array,
    stages: Float64Array,
    offset: number,
  ): number {
    const code = this.repeat(t, h, y, yNew);
    this.read(this.stepper, h, stages, offset);
    return code;
  }

  read(stepper: Stepper, _h: number, stages: Float64Array, offset: number): void {
    const { y, u: increments } = stepper as RosenbrockStepper;
    stages.set(y, offset);
    increments.forEach((u, i) => {
      stages.set(u, offset + (i + 1) * this.n);
    });
  }

  #unpack(stages: Float64Array, offset: number) {
    const n = this.n;
    const tableau = this.#tableau;
    const y = stages.subarray(offset, offset + n);
    const u = tableau.m.map((_, i) => stages.subarray(offset + (i + 1) * n, offset + (i + 2) * n));
    const argument = (i: number): Float64Array =>
      y.map((x, m) => {
        let sum = x;
        for (let j = 0; j < i; j++) sum += (tableau.a[i]![j] ?? 0) * u[j]![m]!;
        return sum;
      });
    return { y, u, argument };
  }

  #factor(t: number, h: number, y: Float64Array): void {
    const { lu } = this.stepper;
    this.derivatives.system.stats.factorisations++;
    lu.factor(this.derivatives.jacobian(t, y), 1 / (h * this.#tableau.gamma));
  }

  pullback(
    t: number,
    h: number,
    stages: Float64Array,
    offset: number,
    lambda: Float64Array,
    gradP: Float64Array,
  ): void {
    const n = this.n;
    const { a, c, m, d, alpha } = this.#tableau;
    const { derivatives } = this;
    const { lu } = this.stepper;
    const { y, u, argument } = this.#unpack(stages, offset);
    const s = m.length;
    this.#factor(t, h, y);
    const v: Float64Array[] = [];
    const argumentCotangents: Float64Array[] = [];
    const timeCotangent = new Float64Array(n);
    for (let i = s - 1; i >= 0; i--) {
      const vi = new Float64Array(n);
      for (let q = 0; q < n; q++) {
        let sum = m[i]! * lambda[q]!;
        for (let j = i + 1; j < s; j++) {
          sum += (a[j]![i] ?? 0) * argumentCotangents[j]![q]! + ((c[j]![i] ?? 0) / h) * v[j]![q]!;
        }
        vi[q] = sum;
      }
      lu.solveTransposed(vi);
      derivatives.system.stats.solves++;
      const back = new Float64Array(n);
      derivatives.pullback(t + alpha[i]! * h, argument(i), vi, back, gradP);
      v[i] = vi;
      argumentCotangents[i] = back;
      for (let q = 0; q < n; q++) timeCotangent[q] = timeCotangent[q]! + h * d[i]! * vi[q]!;
    }
    for (let i = 0; i < s; i++) {
      for (let q = 0; q < n; q++) lambda[q] = lambda[q]! + argumentCotangents[i]![q]!;
      this.#addCurvature(t, y, u[i]!, v[i]!, lambda, gradP);
    }
    this.#addTimeCurvature(t, h, y, timeCotangent, lambda, gradP);
  }

  /** The gradient of v^T J(y, p) u: the derivative of the pullback of v along u. */
  #addCurvature(
    t: number,
    y: Float64Array,
    u: Float64Array,
    v: Float64Array,
    gradY: Float64Array,
    gradP: Float64Array,
  ): void {
    const step = directionStep(y, u);
    if (step === 0) return;
    const scaled = v.map((x) => (0.5 * x) / step);
    this.derivatives.pullback(
      t,
      y.map((x, q) => x + step * u[q]!),
      scaled,
      gradY,
      gradP,
    );
    for (let q = 0; q < scaled.length; q++) scaled[q] = -scaled[q]!;
    this.derivatives.pullback(
      t,
      y.map((x, q) => x - step * u[q]!),
      scaled,
      gradY,
      gradP,
    );
  }

  /** The gradient of w^T df/dt: the derivative of the pullback of w in t. */
  #addTimeCurvature(
    t: number,
    h: number,
    y: Float64Array,
    w: Float64Array,
    gradY: Float64Array,
    gradP: Float64Array,
  ): void {
    if (this.derivatives.system.problem.autonomous) return;
    const step = TIME_STEP * Math.max(Math.abs(t), Math.abs(h));
    const scaled = w.map((x) => (0.5 * x) / step);
    this.derivatives.pullback(t + step, y, scaled, gradY, gradP);
    for (let q = 0; q < scaled.length; q++) scaled[q] = -scaled[q]!;
    this.derivatives.pullback(t - step, y, scaled, gradY, gradP);
  }

  pushforward(
    t: number,
    h: number,
    stages: Float64Array,
    offset: number,
    tangents: readonly Float64Array[],
    dp: readonly Float64Array[],
  ): void {
    const n = this.n;
    const { a, c, m, d, alpha } = this.#tableau;
    const { derivatives } = this;
    const { system } = derivatives;
    const { lu } = this.stepper;
    const { y, u, argument } = this.#unpack(stages, offset);
    const s = m.length;
    this.#factor(t, h, y);
    const jac = system.newJacobian();
    const du = tangents.map(() => m.map(() => new Float64Array(n)));
    const timeTangents = this.#timeTangents(t, h, y, tangents, dp);
    const inner = new Float64Array(n);
    for (let i = 0; i < s; i++) {
      const at = argument(i);
      const ti = t + alpha[i]! * h;
      derivatives.jacobian(ti, at, jac);
      const byParameter = derivatives.parameterJacobian(ti, at);
      tangents.forEach((tangent, k) => {
        const out = du[k]![i]!;
        for (let q = 0; q < n; q++) {
          let sum = tangent[q]!;
          let known = h * d[i]! * timeTangents[k]![q]!;
          for (let j = 0; j < i; j++) {
            sum += (a[i]![j] ?? 0) * du[k]![j]![q]!;
            known += ((c[i]![j] ?? 0) / h) * du[k]![j]![q]!;
          }
          inner[q] = sum;
          out[q] = known;
        }
        system.addProduct(jac, inner, out);
        addMatrixProduct(byParameter, dp[k]!, out);
      });
      const step = directionStep(y, u[i]!);
      const shift = (sign: number) => y.map((x, q) => x + sign * step * u[i]![q]!);
      // The change of J u_i along (dy, dp) is the change of J dy + df/dp dp along u_i.
      for (const sign of step === 0 ? [] : [1, -1]) {
        const outs = du.map((slopes) => slopes[i]!);
        this.#addFirstDerivatives(t, shift(sign), tangents, dp, (0.5 * sign) / step, outs);
      }
      for (const slopes of du) {
        lu.solve(slopes[i]!);
        system.stats.solves++;
      }
    }
    tangents.forEach((tangent, k) => {
      for (let q = 0; q < n; q++) {
        let sum = tangent[q]!;
        for (let i = 0; i < s; i++) sum += m[i]! * du[k]![i]![q]!;
        tangent[q] = sum;
      }
    });
  }

  /** outs += factor * (J dy + df/dp dp) at (t, y), direction by direction. */
  #addFirstDerivatives(
    t: number,
    y: Float64Array,
    tangents: readonly Float64Array[],
    dp: readonly Float64Array[],
    factor: number,
    outs: readonly Float64Array[],
  ): void {
    const { derivatives } = this;
    const { system } = derivatives;
    const jac = derivatives.jacobian(t, y, system.newJacobian());
    const byParameter = derivatives.parameterJacobian(t, y);
    outs.forEach((out, k) => {
      const part = new Float64Array(out.length);
      system.addProduct(jac, tangents[k]!, part);
      addMatrixProduct(byParameter, dp[k]!, part);
      for (let q = 0; q < out.length; q++) out[q] = out[q]! + factor * part[q]!;
    });
  }

  /** The changes of df/dt along each (dy, dp). */
  #timeTangents(
    t: number,
    h: number,
    y: Float64Array,
    tangents: readonly Float64Array[],
    dp: readonly Float64Array[],
  ): Float64Array[] {
    const outs = tangents.map(() => new Float64Array(this.n));
    if (this.derivatives.system.problem.autonomous) return outs;
    const step = TIME_STEP * Math.max(Math.abs(t), Math.abs(h));
    for (const sign of [1, -1]) {
      this.#addFirstDerivatives(t + sign * step, y, tangents, dp, (0.5 * sign) / step, outs);
    }
    return outs;
  }
}
