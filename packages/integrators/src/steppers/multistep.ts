import { startingSlope } from "../consistent-start.ts";
import { misuse } from "../errors.ts";
import { linearisationOf } from "../jacobian/linearisations.ts";
import { power } from "../power.ts";
import type { System } from "../system.ts";
import { errorConstants, HIGHEST_ORDER, leading } from "../tableau/numerical-differentiation.ts";
import { allFinite, weightedNorm } from "../vectors.ts";
import { BackwardDifferences } from "./backward-differences.ts";
import { ImplicitStepper, UNSOLVED } from "./implicit-stepper.ts";
import { KeptLu } from "./jacobian-keeper.ts";
import { STEP_NON_FINITE, STEP_OK, type StepperSettings } from "./stepper.ts";

const newton = { iterations: 4, slow: 0.3, leastLeft: 0.1 };
/** A factorisation is reused while the leading coefficient changes by less than this. A scaling corrects
 *  its error on average, as in CVODE. */
const CHANGED = 0.25;
/** A step is changed only for this much. */
const WORTH = 1.2;
const LARGEST_FACTOR = 10;
/** Newton's iteration stops at a tolerance that is this many times that of one-step methods. Only a fifth or
 *  less of its remaining error in d (the error constant) becomes an error of the step. GMRES stops at a part
 *  of that. On nine problems 20 gave more accuracy per evaluation than 3 and 1. @see CVODE, which takes a
 *  tenth of the error over that constant */
const NEWTON_SHARE = 20;
const LINEAR_SHARE = 5;
/** Refusals in a row. */
const PATIENCE = 4;

/** Steps of numerical differentiation formulas of order 1 to 5. Steps stay equal for a while. When they
 *  change, the differences are interpolated again. One or two evaluations for each step, and one Jacobian and
 *  factorisation for many. @see Shampine and Reichelt, The MATLAB ODE suite, 1997; Byrne and Hindmarsh
 *  1975 */
export class MultistepStepper extends ImplicitStepper {
  readonly degree: number = HIGHEST_ORDER;
  readonly #highest: number;
  readonly #lu: KeptLu;
  readonly #predicted = this.vector();
  /** sum_{m=1..k} gamma_m D^m / alpha_k, and what Newton's iteration adds to the prediction. */
  readonly #psi = this.vector();
  readonly #d = this.vector();
  readonly #delta = this.vector();
  readonly #sum = this.vector();
  readonly #differences: BackwardDifferences;
  #order = 1;
  /** The order of the next step, decided with the last. */
  #orderNext = 1;
  /** Steps of this size and order. */
  #equal = 0;
  #refusals = 0;
  #step = 0;
  /** The leading coefficient over h. */
  #shift = 0;

  constructor(name: string, highest: number, system: System, settings: StepperSettings) {
    if (!settings.adaptive) {
      throw misuse("bad_option", `${name} chooses its own steps, expected a one-step method for fixed steps`);
    }
    const { newtonTolerance } = settings;
    const share = { ...settings, newtonTolerance: NEWTON_SHARE * newtonTolerance };
    super(name, system, share, linearisationOf(system), newton);
    const { n } = system;
    this.#highest = highest;
    this.#differences = new BackwardDifferences(n);
    this.#lu = new KeptLu(system, this.keeper, LINEAR_SHARE * newtonTolerance);
  }

  get errorOrder(): number {
    return this.#order;
  }

  override start(t: number, y: Float64Array): void {
    this.#order = 1;
    this.#orderNext = 1;
    this.#equal = 0;
    this.#step = 0;
    super.start(t, y);
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
    this.begin(t + h, h, weights);
    this.#shift = leading[this.#order]! / h;
    const code = this.converge(t + h, this.#predicted, () => this.#solve());
    if (code !== STEP_OK) return code;
    const constant = errorConstants[this.#order]!;
    const d = this.#d;
    for (let i = 0; i < d.length; i++) this.error[i] = constant * d[i]!;
    differences.extend(this.#order, d, this.yNew);
    return STEP_OK;
  }

  #derivative(t: number, h: number, weights: Float64Array): Float64Array {
    const { system } = this;
    return system.mass === undefined ? this.slope(t) : startingSlope(system, t, this.y, weights, 1e-3 * h);
  }

  protected factor(): boolean {
    return this.#lu.ensureNear(this.#shift, CHANGED);
  }

  protected override isCurrent(): boolean {
    if (this.keeper.fresh && this.#lu.shift === this.#shift) return true;
    this.#lu.forget();
    return false;
  }

  #solve(): number {
    this.#d.fill(0);
    this.yNew.set(this.#predicted);
    const code = this.iterate();
    return code === STEP_OK && !allFinite(this.yNew) ? STEP_NON_FINITE : code;
  }

  /** The increment of d in shift (psi + d) = f(t, predicted + d). `shift` is the leading coefficient over
   *  h. */
  protected increment(): number {
    const { yNew } = this;
    const d = this.#d;
    const delta = this.#delta;
    const shift = this.#shift;
    const ratio = this.#lu.shift / shift;
    this.system.f(this.t, yNew, delta);
    this.#toResidual(delta, shift, (2 * ratio) / (1 + ratio));
    if (!this.#lu.solve(delta)) return UNSOLVED;
    for (let i = 0; i < d.length; i++) {
      d[i] = d[i]! + delta[i]!;
      yNew[i] = this.#predicted[i]! + d[i]!;
    }
    return weightedNorm(delta, this.weights);
  }

  protected refresh(): boolean {
    return this.keeper.evaluateAt(this.t, this.yNew, this.weights, this.h);
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
    factor *= (0.9 * (2 * newton.iterations + 1)) / (2 * newton.iterations + this.iterations);
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
  }

  override moved(): void {
    super.moved();
    this.#differences.move(this.y);
  }

  /** A history that misleads again and again is dropped. */
  override reject(): void {
    this.#equal = 0;
    this.forgetRate();
    if (++this.#refusals < PATIENCE) return;
    this.#refusals = 0;
    this.#order = 1;
    this.#orderNext = 1;
    this.#step = 0;
  }

  polynomial(out: Float64Array, offset: number): void {
    this.#differences.polynomial(this.#order, this.y, out, offset);
  }
}
