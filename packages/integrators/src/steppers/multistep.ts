import { startingSlope } from "../consistent-start.ts";
import { IntegratorError } from "../errors.ts";
import { linearisationOf } from "../jacobian/linearisations.ts";
import { power } from "../power.ts";
import type { System } from "../system.ts";
import { errorConstants, HIGHEST_ORDER, leading } from "../tableau/numerical-differentiation.ts";
import { allFinite, weightedNorm } from "../vectors.ts";
import { BackwardDifferences } from "./backward-differences.ts";
import { JacobianKeeper, KeptLu } from "./jacobian-keeper.ts";
import { StateStepper } from "./state-stepper.ts";
import {
  STEP_NEWTON_FAILED,
  STEP_NON_FINITE,
  STEP_OK,
  STEP_SINGULAR,
  type Start,
  type StepperSettings,
} from "./stepper.ts";

const ITERATIONS = 4;
/** A Jacobian is kept as long as Newton's increments shrink by at least this. */
const SLOW = 0.3;
/** A factorisation serves as long as the leading coefficient has changed by less than this; what is wrong
 *  with it is scaled away on average, as in CVODE. */
const CHANGED = 0.25;
/** A step is changed only for this much. */
const WORTH = 1.2;
const LARGEST_FACTOR = 10;
/** A first increment alone is trusted to have left at least this part of itself. */
const LEAST_ETA = 0.1;
/** Newton stops at so many of the tolerances that methods of one step stop at: of what it leaves in d only
 *  the error constant's part, a fifth and less, counts as an error of the step. GMRES stops at a part of
 *  that. On nine problems more exact per evaluation than 3 and 1. @see CVODE, which takes a tenth of the
 *  error over that constant */
const NEWTON_SHARE = 20;
const LINEAR_SHARE = 5;
/** Refusals in a row. */
const PATIENCE = 4;

/** Steps of numerical differentiation formulas of order 1 to 5: steps stay equal for a while, and the
 *  differences are interpolated anew when they change. One or two evaluations a step, one Jacobian and
 *  factorisation for many. @see Shampine and Reichelt, The MATLAB ODE suite, 1997; Byrne and Hindmarsh
 *  1975 */
export class MultistepStepper extends StateStepper {
  readonly maxIterations: number = ITERATIONS;
  readonly explicit: boolean = false;
  readonly prefersConstantStep: boolean = true;
  readonly degree: number = HIGHEST_ORDER;
  readonly #highest: number;
  readonly #tolerance: number;
  readonly #keeper: JacobianKeeper;
  readonly #lu: KeptLu;
  readonly #predicted: Float64Array;
  /** sum_{m=1..k} gamma_m D^m / alpha_k, and what Newton's iteration adds to the prediction. */
  readonly #psi: Float64Array;
  readonly #d: Float64Array;
  readonly #delta: Float64Array;
  readonly #sum: Float64Array;
  readonly #differences: BackwardDifferences;
  #order = 1;
  /** The order of the next step, decided with the last. */
  #orderNext = 1;
  /** Steps of this size and order. */
  #equal = 0;
  #refusals = 0;
  #step = 0;
  #convergence = 1;
  #theta = 0;

  constructor(name: string, highest: number, system: System, settings: StepperSettings) {
    if (!settings.adaptive) {
      throw new IntegratorError(`${name} chooses its own steps: fixed steps go with one-step methods`, {
        code: "bad_option",
      });
    }
    super(name, system);
    const { n } = system;
    const vector = () => new Float64Array(n);
    this.#highest = highest;
    this.#tolerance = NEWTON_SHARE * settings.newtonTolerance;
    this.#predicted = vector();
    this.#psi = vector();
    this.#d = vector();
    this.#delta = vector();
    this.#sum = vector();
    this.#differences = new BackwardDifferences(n);
    this.#keeper = new JacobianKeeper(linearisationOf(system));
    this.#lu = new KeptLu(system, this.#keeper, LINEAR_SHARE * settings.newtonTolerance);
  }

  get errorOrder(): number {
    return this.#order;
  }

  start(t: number, y: Float64Array, _how?: Start): void {
    this.y.set(y);
    this.#order = 1;
    this.#orderNext = 1;
    this.#equal = 0;
    this.#step = 0;
    this.#convergence = 1;
    this.#keeper.restart();
    this.evaluateFirst(t);
  }

  attempt(t: number, h: number, weights: Float64Array): number {
    const differences = this.#differences;
    if (this.#step === 0) {
      differences.begin(this.y, this.#derivative(t, h, weights), h);
    } else if (h !== this.#step) {
      differences.resize(this.#order, h / this.#step);
      this.#equal = 0;
    }
    this.#step = h;
    differences.predict(this.#order, this.#predicted, this.#psi);
    this.iterations = 0;
    for (;;) {
      if (!this.#keeper.ensure(t + h, this.#predicted, weights, h)) return STEP_NON_FINITE;
      const shift = leading[this.#order]! / h;
      if (!this.#lu.ensureNear(shift, CHANGED)) return STEP_SINGULAR;
      const code = this.#newton(t + h, shift, weights);
      if (code === STEP_OK) break;
      // A Jacobian or a factorisation from before may be what failed.
      if (this.#keeper.fresh && this.#lu.shift === shift) return code;
      this.#keeper.wanted = !this.#keeper.fresh;
      this.#lu.forget();
      this.#convergence = 1;
    }
    if (!allFinite(this.yNew)) return STEP_NON_FINITE;
    const constant = errorConstants[this.#order]!;
    const d = this.#d;
    for (let i = 0; i < d.length; i++) this.error[i] = constant * d[i]!;
    differences.extend(this.#order, d, this.yNew);
    return STEP_OK;
  }

  /** y' to begin with. */
  #derivative(t: number, h: number, weights: Float64Array): Float64Array {
    const { system } = this;
    return system.mass === undefined ? this.slope(t) : startingSlope(system, t, this.y, weights, 1e-3 * h);
  }

  /** d with shift (psi + d) = f(t, predicted + d); `shift` is the leading coefficient over h. */
  #newton(t: number, shift: number, weights: Float64Array): number {
    const { system, yNew } = this;
    const predicted = this.#predicted;
    const d = this.#d.fill(0);
    const delta = this.#delta;
    const n = d.length;
    const ratio = this.#lu.shift / shift;
    const correction = (2 * ratio) / (1 + ratio);
    let before = 0;
    let eta = Math.max(LEAST_ETA, power(this.#convergence, 0.8));
    this.#theta = 0;
    yNew.set(predicted);
    for (let iteration = 1; iteration <= ITERATIONS; iteration++) {
      this.iterations = iteration;
      system.f(t, yNew, delta);
      this.#toResidual(delta, shift, correction);
      if (!this.#lu.solve(delta)) return STEP_NEWTON_FAILED;
      const size = weightedNorm(delta, weights);
      if (!(size < Number.POSITIVE_INFINITY)) return STEP_NON_FINITE;
      for (let i = 0; i < n; i++) {
        d[i] = d[i]! + delta[i]!;
        yNew[i] = predicted[i]! + d[i]!;
      }
      if (before > 0) {
        const theta = size / before;
        this.#theta = Math.max(this.#theta, theta);
        if (theta < 0.95) eta = theta / (1 - theta);
        else if (size <= 0.1 * this.#tolerance) return STEP_OK;
        else return STEP_NEWTON_FAILED;
        const left = ITERATIONS - iteration;
        if (left > 0 && eta * power(theta, left - 1) * size > this.#tolerance) return STEP_NEWTON_FAILED;
      }
      this.#convergence = eta;
      if (size === 0 || eta * size <= this.#tolerance) return STEP_OK;
      before = size;
    }
    return STEP_NEWTON_FAILED;
  }

  /** f in `delta` becomes correction (f - shift M (psi + d)). */
  #toResidual(delta: Float64Array, shift: number, correction: number): void {
    const psi = this.#psi;
    const d = this.#d;
    const { mass } = this.system;
    const n = d.length;
    if (mass === undefined) {
      for (let i = 0; i < n; i++) delta[i] = correction * (delta[i]! - shift * (psi[i]! + d[i]!));
      return;
    }
    const sum = this.#sum;
    for (let i = 0; i < n; i++) sum[i] = psi[i]! + d[i]!;
    mass.addProduct(-shift, sum, delta);
    for (let i = 0; i < n; i++) delta[i] = correction * delta[i]!;
  }

  /** After order + 1 equal steps, the order among this and its neighbours that allows the longest step. */
  proposal(err: number, weights: Float64Array): number {
    const order = this.#order;
    if (this.#equal + 1 < order + 1) return 1;
    const factorOf = (norm: number, k: number) => power(Math.max(norm, 1e-10), -1 / (k + 1));
    const normOf = (k: number) => errorConstants[k]! * weightedNorm(this.#differences.next[k + 1]!, weights);
    let best = order;
    let factor = factorOf(err, order);
    for (const k of [order - 1, order + 1]) {
      if (k < 1 || k > this.#highest) continue;
      const other = factorOf(normOf(k), k);
      if (other <= factor) continue;
      best = k;
      factor = other;
    }
    factor *= (0.9 * (2 * ITERATIONS + 1)) / (2 * ITERATIONS + this.iterations);
    if (factor >= 0.9 && factor < WORTH) return 1;
    this.#orderNext = best;
    return Math.min(LARGEST_FACTOR, factor);
  }

  accept(): void {
    this.exchange();
    this.#differences.accept();
    this.#equal++;
    this.#refusals = 0;
    this.#order = this.#orderNext;
    this.#keeper.moved(this.#theta > SLOW);
  }

  override moved(): void {
    super.moved();
    this.#differences.move(this.y);
  }

  /** Newton has to show again how well it converges; a history that misleads again and again is dropped. */
  override reject(): void {
    this.#equal = 0;
    this.#convergence = 1;
    if (++this.#refusals < PATIENCE) return;
    this.#refusals = 0;
    this.#order = 1;
    this.#orderNext = 1;
    this.#step = 0;
  }

  polynomial(out: Float64Array, offset: number): void {
    this.#differences.polynomial(this.#order, this.y, out, offset);
  }

  rate(): number {
    return this.#keeper.rate();
  }
}
