import { linearisationOf } from "../jacobian/linearisations.ts";
import type { System } from "../system.ts";
import { type ButcherTableau, embeddedDifference } from "../tableau/butcher.ts";
import { allFinite, weightedNorm } from "../vectors.ts";
import { denseColumns, densePolynomial } from "./dense-polynomial.ts";
import { JacobianKeeper, KeptLu } from "./jacobian-keeper.ts";
import { NEWTON_GOES_ON, NewtonRule } from "./newton-rule.ts";
import { combine, type StageTerms, stageArrays, stageTerms } from "./stage-sums.ts";
import { StateStepper } from "./state-stepper.ts";
import {
  STEP_NEWTON_FAILED,
  STEP_NON_FINITE,
  STEP_OK,
  STEP_SINGULAR,
  type Start,
  type StepperSettings,
} from "./stepper.ts";

/** Newton is slow, and a new Jacobian worth its price, when its increments shrink by less than this. */
const SLOW = 0.05;
/** With fixed steps: the most iterations, and how many of them share a Jacobian. */
export const PATIENT_ITERATIONS = 60;
export const PATIENT_REFRESH = 4;

/** Steps of diagonally implicit Runge-Kutta methods with one diagonal value gamma; the first stage may be
 *  explicit. Stage i solves z = h gamma f(t_i, base + z) by simplified Newton iterations on W = I / (h gamma)
 *  - J, and its slope is k_i = z / (h gamma): f is never evaluated at a state that is only nearly a solution,
 *  where stiffness would amplify the rest. */
export class DirkStepper extends StateStepper {
  readonly errorOrder: number;
  readonly maxIterations: number;
  readonly explicit: boolean = false;
  readonly prefersConstantStep: boolean = true;
  readonly degree: number;
  readonly k: readonly Float64Array[];
  readonly #all: Float64Array;
  /** Steps are fixed: a slow iteration gets new Jacobians instead of a smaller step. */
  readonly #patient: boolean;
  readonly #gamma: number;
  readonly #rows: StageTerms[];
  readonly #b: StageTerms;
  readonly #c: Float64Array;
  readonly #errorWeights: StageTerms | undefined;
  readonly #dense: Float64Array[];
  readonly #explicitFirst: boolean;
  readonly #stifflyAccurate: boolean;
  readonly #keeper: JacobianKeeper;
  readonly #lu: KeptLu;
  readonly #base: Float64Array;
  readonly #stage: Float64Array;
  readonly #z: Float64Array;
  readonly #delta: Float64Array;
  readonly #zero: Float64Array;
  readonly #rule: NewtonRule;
  #succeeded = false;
  #h = 0;

  constructor(name: string, tableau: ButcherTableau, system: System, settings: StepperSettings) {
    super(name, system);
    const { n } = system;
    const s = tableau.b.length;
    this.errorOrder = Math.min(tableau.order, tableau.embedded?.order ?? tableau.order);
    this.#patient = !settings.adaptive;
    this.maxIterations = this.#patient ? PATIENT_ITERATIONS : 8;
    this.#rule = new NewtonRule(settings.newtonTolerance, this.maxIterations, this.#patient);
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
    this.#stifflyAccurate = tableau.a[s - 1]!.every((x, j) => x === tableau.b[j]);
    const stages = stageArrays(s, n);
    this.k = stages.each;
    this.#all = stages.all;
    this.#base = new Float64Array(n);
    this.#stage = new Float64Array(n);
    this.#z = new Float64Array(n);
    this.#delta = new Float64Array(n);
    this.#zero = new Float64Array(n);
    this.#keeper = new JacobianKeeper(linearisationOf(system));
    this.#lu = new KeptLu(system, this.#keeper, settings.newtonTolerance);
  }

  start(t: number, y: Float64Array, how: Start = "anew"): void {
    this.y.set(y);
    this.hasSlope = false;
    if (how === "nearby") {
      this.#keeper.moved(false);
      if (this.#succeeded) this.slopeHere.set(this.k[this.k.length - 1]!);
    } else {
      this.#keeper.restart();
      this.#rule.forget();
      this.evaluateFirst(t);
    }
  }

  attempt(t: number, h: number, weights: Float64Array): number {
    this.#h = h;
    this.iterations = 0;
    this.#rule.worst = 0;
    this.#succeeded = false;
    if (this.#explicitFirst) this.k[0]!.set(this.slope(t));
    for (;;) {
      if (!this.#keeper.ensure(t, this.y, weights, h)) return STEP_NON_FINITE;
      if (!this.#lu.ensure(1 / (h * this.#gamma))) return STEP_SINGULAR;
      const code = this.#stages(t, h, weights);
      this.#succeeded = code === STEP_OK;
      if (this.#succeeded) break;
      // A Jacobian from an earlier state may be what failed.
      if (this.#patient || this.#keeper.fresh) return code;
      this.#keeper.wanted = true;
      this.#rule.forget();
    }
    if (this.#errorWeights !== undefined) {
      combine(this.error, this.#zero, h, this.#errorWeights, this.#all);
    }
    return STEP_OK;
  }

  #stages(t: number, h: number, weights: Float64Array): number {
    const { k, y, yNew } = this;
    const s = k.length;
    const hg = h * this.#gamma;
    const z = this.#z;
    for (let i = this.#explicitFirst ? 1 : 0; i < s; i++) {
      combine(this.#base, y, h, this.#rows[i]!, this.#all);
      const guess = i === 0 ? this.slopeHere : k[i - 1]!;
      for (let j = 0; j < z.length; j++) z[j] = hg * guess[j]!;
      const code = this.#newton(t + this.#c[i]! * h, hg, weights);
      if (code !== STEP_OK) return code;
      const inverse = 1 / hg;
      const ki = k[i]!;
      for (let j = 0; j < z.length; j++) ki[j] = z[j]! * inverse;
    }
    if (this.#stifflyAccurate) for (let j = 0; j < y.length; j++) yNew[j] = this.#base[j]! + z[j]!;
    else combine(yNew, y, h, this.#b, this.#all);
    return allFinite(yNew) ? STEP_OK : STEP_NON_FINITE;
  }

  /** Simplified Newton for one stage. */
  #newton(ti: number, hg: number, weights: Float64Array): number {
    const z = this.#z;
    const base = this.#base;
    const stage = this.#stage;
    const delta = this.#delta;
    const n = z.length;
    const inverse = 1 / hg;
    this.#rule.begin();
    for (let iteration = 1; iteration <= this.maxIterations; iteration++) {
      for (let i = 0; i < n; i++) stage[i] = base[i]! + z[i]!;
      this.system.f(ti, stage, delta);
      for (let i = 0; i < n; i++) delta[i] = delta[i]! - z[i]! * inverse;
      if (!this.#lu.solve(delta)) return STEP_NEWTON_FAILED;
      const size = weightedNorm(delta, weights);
      if (!(size < Number.POSITIVE_INFINITY)) return STEP_NON_FINITE;
      for (let i = 0; i < n; i++) z[i] = z[i]! + delta[i]!;
      if (this.iterations < iteration) this.iterations = iteration;
      const code = this.#rule.judge(size, iteration);
      if (code !== NEWTON_GOES_ON) return code;
      if (this.#patient && iteration % PATIENT_REFRESH === 0) {
        for (let i = 0; i < n; i++) stage[i] = base[i]! + z[i]!;
        if (!this.#keeper.evaluateAt(ti, stage, weights, hg)) return STEP_NON_FINITE;
        if (!this.#lu.ensure(inverse)) return STEP_SINGULAR;
        this.#rule.renew();
      }
    }
    return STEP_NEWTON_FAILED;
  }

  accept(): void {
    this.exchange();
    this.slopeHere.set(this.k[this.k.length - 1]!);
    this.hasSlope = this.#stifflyAccurate;
    this.#keeper.moved(this.#rule.worst > SLOW);
  }

  polynomial(out: Float64Array, offset: number): void {
    densePolynomial(this.#dense, this.y, this.#h, this.k, out, offset);
  }

  rate(): number {
    return this.#keeper.rate();
  }
}
