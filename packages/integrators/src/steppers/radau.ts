import { power } from "../integrate/power.ts";
import type { ComplexLu } from "../linear/types.ts";
import type { System } from "../system.ts";
import type { CollocationTableau } from "../tableau/collocation.ts";
import { collocationRows, extrapolate, type Stages } from "./collocation-polynomial.ts";
import { PATIENT_ITERATIONS, PATIENT_REFRESH } from "./dirk.ts";
import { JacobianKeeper, KeptLu } from "./jacobian-keeper.ts";
import {
  allFinite,
  STEP_NEWTON_FAILED,
  STEP_NON_FINITE,
  STEP_OK,
  STEP_SINGULAR,
  type Stepper,
  type StepperSettings,
  weightedNorm,
} from "./stepper.ts";

/** A Jacobian is kept as long as Newton's increments shrink by at least this. */
const SLOW = 0.02;

/** Steps of three-stage collocation, stiffly accurate and with one real and one pair of complex eigenvalues of A^-1 (Radau
 *  IIA of order 5): the similarity that diagonalises A^-1 splits each simplified Newton iteration on 3n unknowns into one
 *  real and one complex solve of size n.
 *  @see Hairer and Wanner, Solving Ordinary Differential Equations II, IV.8 */
export class RadauStepper implements Stepper {
  readonly system: System;
  readonly solverName: string;
  readonly error: Float64Array;
  readonly errorOrder: number = 3;
  readonly maxIterations: number;
  readonly explicit: boolean = false;
  readonly prefersConstantStep: boolean = true;
  readonly degree: number = 3;
  readonly segments: number = 1;
  y: Float64Array;
  yNew: Float64Array;
  /** Stage i is y + z[i]. */
  readonly z: Stages;
  iterations = 0;
  readonly #method: CollocationTableau;
  readonly #tolerance: number;
  readonly #adaptive: boolean;
  readonly #keeper: JacobianKeeper;
  readonly #lu: KeptLu;
  readonly #complexLu: ComplexLu;
  #complexShift = Number.NaN;
  #complexVersion = -1;
  readonly #w: Stages;
  readonly #d: Stages;
  readonly #stage: Float64Array;
  readonly #slope: Float64Array;
  /** The polynomial of the last accepted step in powers of x, rows x, x^2, x^3, and that step's size. */
  readonly #collocation: Float64Array;
  #collocationStep = 0;
  #hasSlope = false;
  #cautious = true;
  #convergence = 1;
  #theta = 0;
  #h = 0;

  constructor(name: string, method: CollocationTableau, system: System, settings: StepperSettings) {
    const { n } = system;
    const triple = () => [new Float64Array(n), new Float64Array(n), new Float64Array(n)] as const;
    this.system = system;
    this.solverName = name;
    this.#method = method;
    this.#tolerance = settings.newtonTolerance;
    this.#adaptive = settings.adaptive;
    this.maxIterations = settings.adaptive ? 10 : PATIENT_ITERATIONS;
    this.y = new Float64Array(n);
    this.yNew = new Float64Array(n);
    this.error = new Float64Array(n);
    this.z = triple();
    this.#w = triple();
    this.#d = triple();
    this.#stage = new Float64Array(n);
    this.#slope = new Float64Array(n);
    this.#collocation = new Float64Array(3 * n);
    this.#keeper = new JacobianKeeper(system);
    this.#lu = new KeptLu(system, this.#keeper);
    this.#complexLu = system.newComplexLu();
  }

  start(t: number, y: Float64Array, nearby = false): void {
    this.y.set(y);
    this.#hasSlope = false;
    if (nearby) {
      this.#keeper.moved(false);
      return;
    }
    this.#keeper.restart();
    this.#collocationStep = 0;
    this.#cautious = true;
    this.#convergence = 1;
    this.system.firstSlope(t, this.y, this.#slope);
    this.#hasSlope = true;
  }

  slope(t: number): Float64Array {
    if (!this.#hasSlope) this.system.f(t, this.y, this.#slope);
    this.#hasSlope = true;
    return this.#slope;
  }

  attempt(t: number, h: number, weights: Float64Array): number {
    this.#h = h;
    this.iterations = 0;
    for (;;) {
      const slope = this.#hasSlope ? this.#slope : undefined;
      if (!this.#keeper.ensure(t, this.y, weights, h, slope)) return STEP_NON_FINITE;
      if (!this.#factor(h)) return STEP_SINGULAR;
      this.#predict(h);
      const code = this.#newton(t, h, weights);
      if (code === STEP_OK) break;
      if (!this.#adaptive || this.#keeper.fresh) return code;
      this.#keeper.wanted = true;
      this.#convergence = 1;
    }
    const { y, yNew, z } = this;
    for (let i = 0; i < y.length; i++) yNew[i] = y[i]! + z[2][i]!;
    if (!allFinite(yNew)) return STEP_NON_FINITE;
    if (this.#adaptive) this.#estimate(t, h, weights);
    return STEP_OK;
  }

  #factor(h: number): boolean {
    const { real, re, im } = this.#method.eigenvalues;
    if (!this.#lu.ensure(real / h)) return false;
    if (h === this.#complexShift && this.#complexVersion === this.#keeper.version) return true;
    this.system.stats.factorisations++;
    const regular = this.#complexLu.factor(this.#keeper.jac, re / h, im / h);
    this.#complexShift = regular ? h : Number.NaN;
    this.#complexVersion = this.#keeper.version;
    return regular;
  }

  /** Stages from the polynomial of the step before, extrapolated; zero increments at the start. */
  #predict(h: number): void {
    if (this.#collocationStep === 0) for (const v of [...this.z, ...this.#w]) v.fill(0);
    else extrapolate(this.#method, this.#collocation, h / this.#collocationStep, this.z, this.#w);
  }

  #newton(t: number, h: number, weights: Float64Array): number {
    const { system, y, maxIterations } = this;
    const [z0, z1, z2] = this.z;
    const [w0, w1, w2] = this.#w;
    const [d0, d1, d2] = this.#d;
    const stage = this.#stage;
    const { c, t: tm, inverseT: ti, eigenvalues } = this.#method;
    const n = y.length;
    const real = eigenvalues.real / h;
    const re = eigenvalues.re / h;
    const im = eigenvalues.im / h;
    let before = 0;
    // What the last iteration achieved with this Jacobian bounds the error after the first increment already.
    let eta = this.#adaptive ? power(Math.max(this.#convergence, Number.EPSILON), 0.8) : 1;
    this.#theta = 0;
    for (let iteration = 1; iteration <= maxIterations; iteration++) {
      this.iterations = iteration;
      for (let i = 0; i < n; i++) stage[i] = y[i]! + z0[i]!;
      system.f(t + c[0] * h, stage, d0);
      for (let i = 0; i < n; i++) stage[i] = y[i]! + z1[i]!;
      system.f(t + c[1] * h, stage, d1);
      for (let i = 0; i < n; i++) stage[i] = y[i]! + z2[i]!;
      system.f(t + h, stage, d2);
      for (let i = 0; i < n; i++) {
        const a = d0[i]!;
        const b = d1[i]!;
        const d = d2[i]!;
        const u = w1[i]!;
        const v = w2[i]!;
        d0[i] = ti[0] * a + ti[1] * b + ti[2] * d - real * w0[i]!;
        d1[i] = ti[3] * a + ti[4] * b + ti[5] * d - (re * u - im * v);
        d2[i] = ti[6] * a + ti[7] * b + ti[8] * d - (re * v + im * u);
      }
      this.#lu.solve(d0);
      this.#complexLu.solve(d1, d2);
      system.stats.solves++;
      let sum = 0;
      for (let i = 0; i < n; i++) {
        const s = 1 / weights[i]!;
        const a = d0[i]! * s;
        const b = d1[i]! * s;
        const d = d2[i]! * s;
        sum += a * a + b * b + d * d;
      }
      const size = Math.sqrt(sum / (3 * n));
      if (!(size < Number.POSITIVE_INFINITY)) return STEP_NON_FINITE;
      for (let i = 0; i < n; i++) {
        const a = w0[i]! + d0[i]!;
        const b = w1[i]! + d1[i]!;
        const d = w2[i]! + d2[i]!;
        w0[i] = a;
        w1[i] = b;
        w2[i] = d;
        z0[i] = tm[0] * a + tm[1] * b + tm[2] * d;
        z1[i] = tm[3] * a + tm[4] * b + tm[5] * d;
        z2[i] = tm[6] * a + tm[7] * b + tm[8] * d;
      }
      if (before > 0) {
        const theta = size / before;
        this.#theta = iteration === 2 || !this.#adaptive ? theta : Math.sqrt(theta * this.#theta);
        if (this.#theta < 0.99) eta = this.#theta / (1 - this.#theta);
        else if (size <= 0.1 * this.#tolerance) return STEP_OK;
        else if (this.#adaptive) return STEP_NEWTON_FAILED;
        const left = maxIterations - iteration;
        if (this.#adaptive && left > 0 && eta * power(this.#theta, left - 1) * size > this.#tolerance) {
          return STEP_NEWTON_FAILED;
        }
      }
      this.#convergence = eta;
      if (size === 0 || eta * size <= this.#tolerance) return STEP_OK;
      before = size;
      if (!this.#adaptive && iteration % PATIENT_REFRESH === 0) {
        for (let i = 0; i < n; i++) stage[i] = y[i]! + z2[i]!;
        if (!this.#keeper.evaluateAt(t + h, stage, weights, h)) return STEP_NON_FINITE;
        if (!this.#factor(h)) return STEP_SINGULAR;
        before = 0;
        eta = 1;
      }
    }
    return STEP_NEWTON_FAILED;
  }

  /** (gamma_0 / h - J)^-1 (f(t, y) + (e . z) / h); a large one at the start or after a refusal is filtered once more. */
  #estimate(t: number, h: number, weights: Float64Array): void {
    const { error, y, system } = this;
    const [z0, z1, z2] = this.z;
    const [e0, e1, e2] = this.#method.errorWeights;
    const slope = this.slope(t);
    const [d0] = this.#d;
    const inverse = 1 / h;
    for (let i = 0; i < y.length; i++) {
      const d = (e0 * z0[i]! + e1 * z1[i]! + e2 * z2[i]!) * inverse;
      d0[i] = d;
      error[i] = slope[i]! + d;
    }
    this.#lu.solve(error);
    if (!this.#cautious || !(weightedNorm(error, weights) >= 1)) return;
    const stage = this.#stage;
    for (let i = 0; i < y.length; i++) stage[i] = y[i]! + error[i]!;
    system.f(t, stage, error);
    for (let i = 0; i < y.length; i++) error[i] = error[i]! + d0[i]!;
    this.#lu.solve(error);
  }

  accept(): void {
    collocationRows(this.#method, this.z, this.#collocation, 0);
    this.#collocationStep = this.#h;
    const previous = this.y;
    this.y = this.yNew;
    this.yNew = previous;
    this.#hasSlope = false;
    this.#cautious = false;
    this.#keeper.moved(this.#theta > SLOW);
  }

  reject(): void {
    this.#cautious = true;
  }

  polynomial(out: Float64Array, offset: number): void {
    out.set(this.y, offset);
    collocationRows(this.#method, this.z, out, offset + this.y.length);
  }

  rate(): number {
    return this.#keeper.rate();
  }
}
