import { matrixLinearisation } from "../jacobian/linearisations.ts";
import type { System } from "../system.ts";
import type { ButcherTableau } from "../tableau/butcher.ts";
import { allFinite, weightedNorm } from "../vectors.ts";
import { PATIENT_ITERATIONS, PATIENT_REFRESH } from "./dirk.ts";
import { JacobianKeeper, KeptComplexLu } from "./jacobian-keeper.ts";
import { NEWTON_GOES_ON, NewtonRule } from "./newton-rule.ts";
import { StateStepper } from "./state-stepper.ts";
import {
  STEP_NEWTON_FAILED,
  STEP_NON_FINITE,
  STEP_OK,
  STEP_SINGULAR,
  type Start,
  type StepperSettings,
} from "./stepper.ts";

/** A Jacobian is kept as long as Newton's increments shrink by at least this. */
const SLOW = 0.05;

type Pair = readonly [Float64Array, Float64Array];

/** Steps of two-stage collocation. The stages are y + z_i with A^-1 z = h f; of A^-1, mu and v are an
 *  eigenvalue and its left eigenvector, both complex, v^T A^-1 = mu v^T, v_2 = 1. A simplified Newton
 *  iteration on 2n real unknowns is then one complex solve of size n,
 *    (mu / h - J) (v^T dz) = v^T (f - A^-1 z / h),
 *  whose imaginary part is Im v_1 dz_1.
 *  @see Hairer and Wanner, Solving Ordinary Differential Equations II, IV.8 */
export class GaussStepper extends StateStepper {
  readonly errorOrder: number;
  readonly maxIterations: number;
  readonly explicit: boolean = false;
  readonly prefersConstantStep: boolean = true;
  readonly degree: number = 2;
  /** Stage i of the last attempt is y + z[i]. */
  readonly z: Pair;
  readonly #c: readonly number[];
  /** A^-1 row by row, and b^T A^-1. */
  readonly #inverse: readonly [number, number, number, number];
  readonly #end: readonly [number, number];
  readonly #mu: { readonly re: number; readonly im: number };
  readonly #v: { readonly re: number; readonly im: number };
  readonly #patient: boolean;
  readonly #keeper: JacobianKeeper;
  readonly #lu: KeptComplexLu;
  readonly #rule: NewtonRule;
  readonly #slopes: Pair;
  readonly #stage: Float64Array;
  /** The last accepted parabola in powers of x, less its constant, and that step's size. */
  readonly #parabola: Pair;
  #parabolaStep = 0;
  #h = 0;

  constructor(name: string, tableau: ButcherTableau, system: System, settings: StepperSettings) {
    super(name, system);
    const pair = (): Pair => [new Float64Array(system.n), new Float64Array(system.n)];
    const [[a, b], [c, d]] = tableau.a as unknown as [[number, number], [number, number]];
    const determinant = a * d - b * c;
    const inverse = [d / determinant, -b / determinant, -c / determinant, a / determinant] as const;
    const [p, q, r, s] = inverse;
    const [b1, b2] = tableau.b as unknown as [number, number];
    const re = (p + s) / 2;
    const im = Math.sqrt(1 / determinant - re * re);
    this.errorOrder = tableau.order;
    this.#c = tableau.c;
    this.#inverse = inverse;
    this.#end = [b1 * p + b2 * r, b1 * q + b2 * s];
    this.#mu = { re, im };
    this.#v = { re: (re - s) / q, im: im / q };
    this.#patient = !settings.adaptive;
    this.maxIterations = this.#patient ? PATIENT_ITERATIONS : 10;
    this.#rule = new NewtonRule(settings.newtonTolerance, this.maxIterations, this.#patient);
    this.z = pair();
    this.#slopes = pair();
    this.#parabola = pair();
    this.#stage = new Float64Array(system.n);
    const linearisation = matrixLinearisation(system);
    this.#keeper = new JacobianKeeper(linearisation);
    this.#lu = new KeptComplexLu(system, this.#keeper, linearisation);
  }

  start(t: number, y: Float64Array, how: Start = "anew"): void {
    this.y.set(y);
    this.hasSlope = false;
    if (!this.#keeper.starts(how)) return;
    this.#parabolaStep = 0;
    this.#rule.forget();
    this.evaluateFirst(t);
  }

  attempt(t: number, h: number, weights: Float64Array): number {
    this.#h = h;
    this.iterations = 0;
    for (;;) {
      const slope = this.hasSlope ? this.slopeHere : undefined;
      if (!this.#keeper.ensure(t, this.y, weights, h, slope)) return STEP_NON_FINITE;
      if (!this.#factor(h)) return STEP_SINGULAR;
      this.#predict(h);
      const code = this.#newton(t, h, weights);
      if (code === STEP_OK) break;
      // A Jacobian from an earlier state may be what failed.
      if (this.#patient || this.#keeper.fresh) return code;
      this.#keeper.wanted = true;
      this.#rule.forget();
    }
    const { y, yNew } = this;
    const [z0, z1] = this.z;
    const [e0, e1] = this.#end;
    for (let i = 0; i < y.length; i++) yNew[i] = y[i]! + (e0 * z0[i]! + e1 * z1[i]!);
    return allFinite(yNew) ? STEP_OK : STEP_NON_FINITE;
  }

  #factor(h: number): boolean {
    return this.#lu.ensure(this.#mu.re / h, this.#mu.im / h);
  }

  /** Stages from the parabola of the step before, extrapolated; zero increments at the start. */
  #predict(h: number): void {
    const [z0, z1] = this.z;
    if (this.#parabolaStep === 0) {
      z0.fill(0);
      z1.fill(0);
      return;
    }
    const ratio = h / this.#parabolaStep;
    const [x0, x1] = [1 + this.#c[0]! * ratio, 1 + this.#c[1]! * ratio];
    const [q1, q2] = this.#parabola;
    for (let i = 0; i < z0.length; i++) {
      const end = q1[i]! + q2[i]!;
      z0[i] = x0 * (q1[i]! + x0 * q2[i]!) - end;
      z1[i] = x1 * (q1[i]! + x1 * q2[i]!) - end;
    }
  }

  #newton(t: number, h: number, weights: Float64Array): number {
    this.#rule.begin();
    this.#rule.worst = 0;
    for (let iteration = 1; iteration <= this.maxIterations; iteration++) {
      this.iterations = iteration;
      const size = this.#iterate(t, h, weights);
      if (!(size < Number.POSITIVE_INFINITY)) return STEP_NON_FINITE;
      const code = this.#rule.judge(size, iteration);
      if (code !== NEWTON_GOES_ON) return code;
      if (this.#patient && iteration % PATIENT_REFRESH === 0) {
        const later = this.#at(this.z[1]);
        if (!this.#keeper.evaluateAt(t + this.#c[1]! * h, later, weights, h)) return STEP_NON_FINITE;
        if (!this.#factor(h)) return STEP_SINGULAR;
        this.#rule.renew();
      }
    }
    return STEP_NEWTON_FAILED;
  }

  #at(z: Float64Array): Float64Array {
    const stage = this.#stage;
    for (let i = 0; i < stage.length; i++) stage[i] = this.y[i]! + z[i]!;
    return stage;
  }

  /** Adds one increment to the stages; returns its root mean square in the unit of the error weights. */
  #iterate(t: number, h: number, weights: Float64Array): number {
    const { system } = this;
    const [z0, z1] = this.z;
    const [f0, f1] = this.#slopes;
    const [p, q, r, s] = this.#inverse;
    const v = this.#v;
    const inverse = 1 / h;
    system.f(t + this.#c[0]! * h, this.#at(z0), f0);
    system.f(t + this.#c[1]! * h, this.#at(z1), f1);
    for (let i = 0; i < z0.length; i++) {
      const first = f0[i]! - (p * z0[i]! + q * z1[i]!) * inverse;
      f0[i] = v.re * first + (f1[i]! - (r * z0[i]! + s * z1[i]!) * inverse);
      f1[i] = v.im * first;
    }
    this.#lu.solve(f0, f1);
    for (let i = 0; i < z0.length; i++) {
      const first = f1[i]! / v.im;
      const second = f0[i]! - v.re * first;
      z0[i] = z0[i]! + first;
      z1[i] = z1[i]! + second;
      f0[i] = first;
      f1[i] = second;
    }
    return Math.hypot(weightedNorm(f0, weights), weightedNorm(f1, weights)) / Math.SQRT2;
  }

  accept(): void {
    const [q1, q2] = this.#parabola;
    this.#toPowers(q1, q2);
    this.#parabolaStep = this.#h;
    this.exchange();
    this.#keeper.moved(this.#rule.worst > SLOW);
  }

  /** The parabola through (0, 0) and the (c_i, z_i). */
  #toPowers(q1: Float64Array, q2: Float64Array): void {
    const [z0, z1] = this.z;
    const [c0, c1] = this.#c as [number, number];
    for (let i = 0; i < z0.length; i++) {
      const first = z0[i]! / c0;
      const slope = (first - z1[i]! / c1) / (c0 - c1);
      q1[i] = first - c0 * slope;
      q2[i] = slope;
    }
  }

  polynomial(out: Float64Array, offset: number): void {
    const n = this.y.length;
    out.set(this.y, offset);
    this.#toPowers(out.subarray(offset + n, offset + 2 * n), out.subarray(offset + 2 * n, offset + 3 * n));
  }

  rate(): number {
    return this.#keeper.rate();
  }
}
