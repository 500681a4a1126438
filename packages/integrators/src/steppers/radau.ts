import { matrixLinearisation } from "../jacobian/linearisations.ts";
import { power } from "../power.ts";
import type { System } from "../system.ts";
import type { CollocationTableau } from "../tableau/collocation.ts";
import { allFinite, weightedNorm } from "../vectors.ts";
import { collocationRows, extrapolate, type Stages } from "./collocation-polynomial.ts";
import { advance, finish, toResidual } from "./collocation-work.ts";
import { PATIENT_ITERATIONS, PATIENT_REFRESH } from "./dirk.ts";
import { JacobianKeeper, KeptComplexLu, KeptLu } from "./jacobian-keeper.ts";
import { StateStepper } from "./state-stepper.ts";
import {
  STEP_NEWTON_FAILED,
  STEP_NON_FINITE,
  STEP_OK,
  STEP_SINGULAR,
  type Start,
  type StepperSettings,
} from "./stepper.ts";

/** A Jacobian is kept as long as Newton's increments shrink by at least this; one that takes no more
 *  evaluations than a step, by at least that. What an iteration leaves has the same sign step after step, and
 *  would outweigh the errors of a method whose order is above that of its error estimate. */
const SLOW = 0.02;
const SLOW_IF_CHEAP = 0.003;
const CHEAP = 6;

/** Steps of three-stage collocation, stiffly accurate and with one real and one pair of complex eigenvalues
 *  of A^-1 (Radau IIA of order 5): the similarity that diagonalises A^-1 splits each simplified Newton
 *  iteration on 3n unknowns into one real and one complex solve of size n.
 *  @see Hairer and Wanner, Solving Ordinary Differential Equations II, IV.8 */
export class RadauStepper extends StateStepper {
  readonly errorOrder: number = 3;
  readonly maxIterations: number;
  readonly explicit: boolean = false;
  readonly prefersConstantStep: boolean = true;
  readonly degree: number = 3;
  /** Stage i of the last attempt is y + z[i]. */
  readonly z: Stages;
  readonly #method: CollocationTableau;
  readonly #tolerance: number;
  readonly #adaptive: boolean;
  readonly #keeper: JacobianKeeper;
  readonly #slow: number;
  readonly #lu: KeptLu;
  readonly #complexLu: KeptComplexLu;
  /** Nine rows: the stages, w = T^-1 z, and what becomes the increments of w. One array, and few passes over
   *  it: an iteration is mostly loads and stores. */
  readonly #work: Float64Array;
  readonly #w: Float64Array;
  readonly #product: Float64Array;
  readonly #stages: Stages;
  readonly #d: Stages;
  /** Reciprocals of the error weights. */
  readonly #scale: Float64Array;
  #indexWeights: Float64Array | undefined;
  /** The polynomial of the last accepted step in powers of x, rows x, x^2, x^3, and that step's size. */
  readonly #collocation: Float64Array;
  #collocationStep = 0;
  #cautious = true;
  #convergence = 1;
  #theta = 0;
  #h = 0;

  constructor(name: string, method: CollocationTableau, system: System, settings: StepperSettings) {
    super(name, system);
    const { n } = system;
    const triple = () => [new Float64Array(n), new Float64Array(n), new Float64Array(n)] as const;
    this.#method = method;
    this.#tolerance = settings.newtonTolerance;
    this.#adaptive = settings.adaptive;
    this.maxIterations = settings.adaptive ? 10 : PATIENT_ITERATIONS;
    this.z = triple();
    this.#work = new Float64Array(9 * n);
    this.#w = this.#work.subarray(3 * n, 6 * n);
    this.#product = new Float64Array(system.mass === undefined ? 0 : 3 * n);
    const rows = (from: number) =>
      [0, 1, 2].map((i) => this.#work.subarray((from + i) * n, (from + i + 1) * n)) as unknown as Stages;
    this.#stages = rows(0);
    this.#d = rows(6);
    this.#scale = new Float64Array(n);
    this.#collocation = new Float64Array(3 * n);
    const linearisation = matrixLinearisation(system);
    this.#keeper = new JacobianKeeper(linearisation);
    this.#slow = system.jacobianPrice <= CHEAP ? SLOW_IF_CHEAP : SLOW;
    this.#lu = new KeptLu(system, this.#keeper, settings.newtonTolerance);
    this.#complexLu = new KeptComplexLu(system, this.#keeper, linearisation);
  }

  start(t: number, y: Float64Array, how: Start = "anew"): void {
    this.y.set(y);
    this.hasSlope = false;
    if (!this.#keeper.starts(how)) return;
    this.#collocationStep = 0;
    this.#cautious = true;
    this.#convergence = 1;
    this.evaluateFirst(t);
  }

  attempt(t: number, h: number, given: Float64Array): number {
    this.#h = h;
    this.iterations = 0;
    const weights = this.#scaled(h, given);
    for (;;) {
      const slope = this.hasSlope ? this.slopeHere : undefined;
      if (!this.#keeper.ensure(t, this.y, given, h, slope)) return STEP_NON_FINITE;
      if (!this.#factor(h)) return STEP_SINGULAR;
      this.#predict(h);
      const code = this.#newton(t, h, weights);
      if (code === STEP_OK) break;
      if (!this.#adaptive || this.#keeper.fresh) return code;
      this.#keeper.wanted = true;
      this.#convergence = 1;
    }
    finish(this.#method, this.y, this.#work, this.z, this.yNew);
    if (!allFinite(this.yNew)) return STEP_NON_FINITE;
    if (this.#adaptive) {
      this.#estimate(t, h, weights);
      if (weights !== given)
        for (let i = 0; i < weights.length; i++) this.error[i]! *= given[i]! / weights[i]!;
    }
    return STEP_OK;
  }

  /** Error weights over h^(index - 1): by so many powers of h errors in unknowns of a higher index are larger
   *  than in others, in Newton's iteration and at the end of a step. */
  #scaled(h: number, weights: Float64Array): Float64Array {
    const { index } = this.system.problem;
    if (index === undefined) return weights;
    this.#indexWeights ??= new Float64Array(weights.length);
    const scaled = this.#indexWeights;
    const size = Math.abs(h);
    for (let i = 0; i < scaled.length; i++) {
      scaled[i] = weights[i]! / (index[i] === 1 ? 1 : index[i] === 2 ? size : size * size);
    }
    return scaled;
  }

  #factor(h: number): boolean {
    const { real, re, im } = this.#method.eigenvalues;
    return this.#lu.ensure(real / h) && this.#complexLu.ensure(re / h, im / h);
  }

  /** Stages from the polynomial of the step before, extrapolated; zero increments at the start. */
  #predict(h: number): void {
    if (this.#collocationStep !== 0) {
      extrapolate(this.#method, this.#collocation, h / this.#collocationStep, this.y, this.#work);
      return;
    }
    for (const stage of this.#stages) stage.set(this.y);
    const n = this.y.length;
    this.#work.fill(0, 3 * n, 6 * n);
  }

  #newton(t: number, h: number, weights: Float64Array): number {
    const { system, y, maxIterations } = this;
    const [s0, s1, s2] = this.#stages;
    const [d0, d1, d2] = this.#d;
    const scale = this.#scale;
    const { c } = this.#method;
    for (let i = 0; i < scale.length; i++) scale[i] = 1 / weights[i]!;
    let before = 0;
    // What the last iteration achieved with this Jacobian bounds the error after the first increment already.
    let eta = this.#adaptive ? power(Math.max(this.#convergence, Number.EPSILON), 0.8) : 1;
    this.#theta = 0;
    for (let iteration = 1; iteration <= maxIterations; iteration++) {
      this.iterations = iteration;
      system.f(t + c[0] * h, s0, d0);
      system.f(t + c[1] * h, s1, d1);
      system.f(t + h, s2, d2);
      toResidual(this.#method, h, this.#work, this.#massProduct());
      this.#lu.solve(d0);
      this.#complexLu.solve(d1, d2);
      const size = advance(this.#method, y, scale, this.#work);
      if (!(size < Number.POSITIVE_INFINITY)) return STEP_NON_FINITE;
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
        if (!this.#keeper.evaluateAt(t + h, s2, weights, h)) return STEP_NON_FINITE;
        if (!this.#factor(h)) return STEP_SINGULAR;
        before = 0;
        eta = 1;
      }
    }
    return STEP_NEWTON_FAILED;
  }

  /** M w in rows of its own; w itself where M is the identity. */
  #massProduct(): Float64Array {
    const { mass, n } = this.system;
    const work = this.#work;
    if (mass === undefined) return this.#w;
    const product = this.#product.fill(0);
    for (const from of [0, n, 2 * n]) {
      mass.addProduct(1, work.subarray(3 * n + from, 4 * n + from), product.subarray(from, from + n));
    }
    return product;
  }

  /** (gamma_0 / h - J)^-1 (f(t, y) + (e . z) / h); a large one at the start or after a refusal is filtered
   *  once more. */
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
    }
    if (system.mass !== undefined) {
      error.set(d0);
      d0.fill(0);
      system.mass.addProduct(1, error, d0);
    }
    for (let i = 0; i < y.length; i++) error[i] = slope[i]! + d0[i]!;
    this.#lu.solve(error);
    if (!this.#cautious || !(weightedNorm(error, weights) >= 1)) return;
    const [stage] = this.#stages;
    for (let i = 0; i < y.length; i++) stage[i] = y[i]! + error[i]!;
    system.f(t, stage, error);
    for (let i = 0; i < y.length; i++) error[i] = error[i]! + d0[i]!;
    this.#lu.solve(error);
  }

  accept(): void {
    collocationRows(this.#method, this.z, this.#collocation, 0);
    this.#collocationStep = this.#h;
    this.exchange();
    this.#cautious = false;
    this.#keeper.moved(this.#theta > this.#slow);
  }

  override reject(): void {
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
