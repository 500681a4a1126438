import { memoised } from "../memoised.ts";
import { PowerIteration } from "../power-iteration.ts";
import type { System } from "../system.ts";
import {
  type ButcherTableau,
  companionDifference,
  embeddedDifference,
  estimateOrder,
  isStifflyAccurate,
} from "../tableau/butcher.ts";
import { allFinite, weightedNorm } from "../vectors.ts";
import { denseColumns, densePolynomial } from "./dense-polynomial.ts";
import { combine, stageArrays, stageTerms } from "./stage-sums.ts";
import { StateStepper } from "./state-stepper.ts";
import { STEP_NON_FINITE, STEP_OK, type Start, type StepperSettings } from "./stepper.ts";

/** A tableau as sums over stages. Once for each: a short run on a small system must not spend its time on
 *  this. */
const coefficientsOf = /* @__PURE__ */ memoised((tableau: ButcherTableau) => {
  const { a, b, c, order, embedded, dense } = tableau;
  const companion = embedded && companionDifference(b, embedded);
  return {
    errorOrder: Math.min(order, embedded ? estimateOrder(embedded) : order),
    a: a.map((row) => stageTerms(row)),
    b: stageTerms(b),
    c: Float64Array.from(c),
    error: embedded && stageTerms(embeddedDifference(b, embedded)),
    companion: companion && stageTerms(companion),
    dense: denseColumns(dense.weights),
    /** Further stages for dense output. */
    extra: (dense.extra?.a ?? []).map((row) => stageTerms(row)),
    extraC: dense.extra?.c ?? [],
    /** The last stage is the slope at the end. */
    reusesLast: b.length > 1 && isStifflyAccurate(tableau),
  };
});

/** Steps of any explicit Runge-Kutta method. When the last row of A equals b, the last stage is the next
 *  step's first. */
export class ExplicitStepper extends StateStepper {
  readonly errorOrder: number;
  readonly degree: number;
  readonly k: readonly Float64Array[];
  readonly #coefficients: ReturnType<typeof coefficientsOf>;
  readonly #adaptive: boolean;
  readonly #all: Float64Array;
  readonly #stage = this.vector();
  readonly #zero = this.vector();
  /** The stages, and those that dense output needs besides. */
  readonly #denseStages: readonly Float64Array[];
  #power: PowerIteration | undefined;
  #t = 0;
  #h = 0;

  constructor(name: string, tableau: ButcherTableau, system: System, settings: StepperSettings) {
    const { n } = system;
    const s = tableau.b.length;
    const coefficients = coefficientsOf(tableau);
    const { extra } = coefficients;
    const stages = stageArrays(s + extra.length, n);
    super(name, system, stages.each[0]);
    this.#coefficients = coefficients;
    this.errorOrder = coefficients.errorOrder;
    this.degree = coefficients.dense.length;
    this.#adaptive = settings.adaptive;
    this.#denseStages = stages.each;
    this.k = extra.length === 0 ? stages.each : stages.each.slice(0, s);
    this.#all = stages.all;
  }

  override start(t: number, y: Float64Array, how: Start = "anew"): void {
    super.start(t, y, how);
    if (how !== "nearby") this.#power?.restart();
  }

  attempt(t: number, h: number, weights: Float64Array): number {
    const { system, k, y, yNew } = this;
    const { a, b, c, error, companion, reusesLast } = this.#coefficients;
    const all = this.#all;
    const stage = this.#stage;
    this.#t = t;
    this.#h = h;
    this.slope(t);
    const inner = reusesLast ? k.length - 1 : k.length;
    for (let i = 1; i < inner; i++) {
      combine(stage, y, h, a[i]!, all);
      system.f(t + c[i]! * h, stage, k[i]!);
    }
    combine(yNew, y, h, b, all);
    if (!allFinite(yNew)) return STEP_NON_FINITE;
    if (reusesLast) system.f(t + h, yNew, k[inner]!);
    if (!this.#adaptive || error === undefined) return STEP_OK;
    combine(this.error, this.#zero, h, error, all);
    if (companion === undefined) return STEP_OK;
    combine(stage, this.#zero, h, companion, all);
    this.#weaken(weights);
    return STEP_OK;
  }

  /** Makes one estimate of two. */
  #weaken(weights: Float64Array): void {
    const { error } = this;
    const fine = weightedNorm(error, weights);
    const coarse = weightedNorm(this.#stage, weights);
    const factor = fine === 0 ? 0 : fine / Math.sqrt(fine * fine + 0.01 * coarse * coarse);
    for (let i = 0; i < error.length; i++) error[i] = error[i]! * factor;
  }

  accept(): void {
    const { k } = this;
    this.exchange();
    const { reusesLast } = this.#coefficients;
    this.hasSlope = reusesLast;
    if (reusesLast) k[0]!.set(k[k.length - 1]!);
  }

  polynomial(out: Float64Array, offset: number): void {
    const stages = this.#denseStages;
    const { dense, extra, extraC } = this.#coefficients;
    const s = this.k.length;
    for (let i = 0; i < extra.length; i++) {
      combine(this.#stage, this.y, this.#h, extra[i]!, this.#all);
      this.system.f(this.#t + extraC[i]! * this.#h, this.#stage, stages[s + i]!);
    }
    densePolynomial(dense, this.y, this.#h, stages, out, offset);
  }

  /** Power iteration on df/dy with differences of f. Each call continues from the direction of the last call,
   *  so it converges along the integration. One evaluation for each call. */
  rate(): number {
    this.#power ??= new PowerIteration(this.system);
    return this.#power.estimate(this.#t, this.y, this.slope(this.#t), this.k[this.k.length - 1]!);
  }
}
