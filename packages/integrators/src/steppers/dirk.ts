import { linearisationOf } from "../jacobian/linearisations.ts";
import type { System } from "../system.ts";
import { type ButcherTableau, embeddedDifference, isStifflyAccurate } from "../tableau/butcher.ts";
import { allFinite, weightedNorm } from "../vectors.ts";
import { denseColumns, densePolynomial } from "./dense-polynomial.ts";
import { ImplicitStepper, UNSOLVED } from "./implicit-stepper.ts";
import { KeptLu } from "./jacobian-keeper.ts";
import { combine, type StageTerms, stageArrays, stageTerms } from "./stage-sums.ts";
import { STEP_NON_FINITE, STEP_OK, type Start, type StepperSettings } from "./stepper.ts";

/** A new Jacobian is worth its price when increments shrink by less than `slow`. */
const newton = { iterations: 8, slow: 0.05 };

/** Steps of diagonally implicit Runge-Kutta methods with one diagonal value gamma; the first stage may be
 *  explicit. Stage i solves z = h gamma f(t_i, base + z) by simplified Newton iterations on W = I / (h gamma)
 *  - J, and its slope is k_i = z / (h gamma): f is never evaluated at a state that is only nearly a solution,
 *  where stiffness would amplify the rest. */
export class DirkStepper extends ImplicitStepper {
  readonly errorOrder: number;
  readonly degree: number;
  readonly k: readonly Float64Array[];
  readonly #all: Float64Array;
  readonly #gamma: number;
  readonly #rows: StageTerms[];
  readonly #b: StageTerms;
  readonly #c: Float64Array;
  readonly #errorWeights: StageTerms | undefined;
  readonly #dense: Float64Array[];
  readonly #explicitFirst: boolean;
  readonly #stifflyAccurate: boolean;
  readonly #lu: KeptLu;
  readonly #base = this.vector();
  readonly #stage = this.vector();
  readonly #z = this.vector();
  readonly #delta = this.vector();
  readonly #zero = this.vector();
  #time = 0;
  #succeeded = false;

  constructor(name: string, tableau: ButcherTableau, system: System, settings: StepperSettings) {
    super(name, system, settings, linearisationOf(system), newton);
    const { n } = system;
    const s = tableau.b.length;
    this.errorOrder = Math.min(tableau.order, tableau.embedded?.order ?? tableau.order);
    this.#gamma = tableau.a[s - 1]![s - 1]!;
    this.#rows = tableau.a.map((row, i) => stageTerms(row, i));
    this.#b = stageTerms(tableau.b);
    this.#c = Float64Array.from(tableau.c);
    this.#errorWeights =
      settings.adaptive && tableau.embedded
        ? stageTerms(embeddedDifference(tableau.b, tableau.embedded))
        : undefined;
    this.#dense = denseColumns(tableau.dense.weights);
    this.degree = this.#dense.length;
    this.#explicitFirst = tableau.a[0]![0] === 0;
    this.#stifflyAccurate = isStifflyAccurate(tableau);
    const stages = stageArrays(s, n);
    this.k = stages.each;
    this.#all = stages.all;
    this.#lu = new KeptLu(system, this.keeper, settings.newtonTolerance);
  }

  override start(t: number, y: Float64Array, how: Start = "anew"): void {
    super.start(t, y, how);
    if (how === "nearby" && this.#succeeded) this.slopeHere.set(this.k[this.k.length - 1]!);
  }

  attempt(t: number, h: number, weights: Float64Array): number {
    this.begin(t, h, weights);
    if (this.#explicitFirst) this.k[0]!.set(this.slope(t));
    const code = this.converge(t, this.y, () => this.#stages());
    this.#succeeded = code === STEP_OK;
    if (this.#succeeded && this.#errorWeights !== undefined) {
      combine(this.error, this.#zero, h, this.#errorWeights, this.#all);
    }
    return code;
  }

  protected factor(): boolean {
    return this.#lu.ensure(1 / (this.h * this.#gamma));
  }

  #stages(): number {
    const { k, y, yNew, t, h } = this;
    const s = k.length;
    const hg = h * this.#gamma;
    const z = this.#z;
    for (let i = this.#explicitFirst ? 1 : 0; i < s; i++) {
      combine(this.#base, y, h, this.#rows[i]!, this.#all);
      const guess = i === 0 ? this.slopeHere : k[i - 1]!;
      for (let j = 0; j < z.length; j++) z[j] = hg * guess[j]!;
      this.#time = t + this.#c[i]! * h;
      const code = this.iterate();
      if (code !== STEP_OK) return code;
      const inverse = 1 / hg;
      const ki = k[i]!;
      for (let j = 0; j < z.length; j++) ki[j] = z[j]! * inverse;
    }
    if (this.#stifflyAccurate) for (let j = 0; j < y.length; j++) yNew[j] = this.#base[j]! + z[j]!;
    else combine(yNew, y, h, this.#b, this.#all);
    return allFinite(yNew) ? STEP_OK : STEP_NON_FINITE;
  }

  /** W dz = f(t_i, base + z) - z / (h gamma). */
  protected increment(): number {
    const z = this.#z;
    const delta = this.#delta;
    const inverse = 1 / (this.h * this.#gamma);
    this.system.f(this.#time, this.#stageState(), delta);
    for (let i = 0; i < z.length; i++) delta[i] = delta[i]! - z[i]! * inverse;
    if (!this.#lu.solve(delta)) return UNSOLVED;
    for (let i = 0; i < z.length; i++) z[i] = z[i]! + delta[i]!;
    return weightedNorm(delta, this.weights);
  }

  #stageState(): Float64Array {
    const stage = this.#stage;
    for (let i = 0; i < stage.length; i++) stage[i] = this.#base[i]! + this.#z[i]!;
    return stage;
  }

  protected refresh(): boolean {
    return this.keeper.evaluateAt(this.#time, this.#stageState(), this.weights, this.h * this.#gamma);
  }

  accept(): void {
    this.exchange();
    this.slopeHere.set(this.k[this.k.length - 1]!);
    this.hasSlope = this.#stifflyAccurate;
  }

  polynomial(out: Float64Array, offset: number): void {
    densePolynomial(this.#dense, this.y, this.h, this.k, out, offset);
  }
}
