import { PowerIteration } from "../power-iteration.ts";
import type { System } from "../system.ts";
import {
  type ButcherTableau,
  companionDifference,
  embeddedDifference,
  estimateOrder,
} from "../tableau/butcher.ts";
import { allFinite, weightedNorm } from "../vectors.ts";
import { combine, denseColumns, densePolynomial, stageArrays } from "./stage-sums.ts";
import { StateStepper } from "./state-stepper.ts";
import { STEP_NON_FINITE, STEP_OK, type Start, type StepperSettings } from "./stepper.ts";

/** Steps of any explicit Runge-Kutta method. When the last row of A equals b, the last stage is the next
 *  step's first. */
export class ExplicitStepper extends StateStepper {
  readonly errorOrder: number;
  readonly maxIterations: number = 0;
  readonly explicit: boolean = true;
  readonly prefersConstantStep: boolean = false;
  readonly degree: number;
  readonly k: readonly Float64Array[];
  readonly #all: Float64Array;
  readonly #stage: Float64Array;
  readonly #rows: Float64Array[];
  readonly #b: Float64Array;
  readonly #c: Float64Array;
  readonly #errorWeights: Float64Array | undefined;
  readonly #dense: Float64Array[];
  readonly #zero: Float64Array;
  readonly #reusesLast: boolean;
  readonly #companion: Float64Array | undefined;
  /** The stages, and those that dense output needs besides. */
  readonly #denseStages: readonly Float64Array[];
  readonly #extraRows: readonly Float64Array[];
  readonly #extraC: Float64Array;
  #power: PowerIteration | undefined;
  #t = 0;
  #h = 0;

  constructor(name: string, tableau: ButcherTableau, system: System, settings: StepperSettings) {
    const { n } = system;
    const s = tableau.b.length;
    const { extra } = tableau.dense;
    const stages = stageArrays(s + (extra?.a.length ?? 0), n);
    super(name, system, stages.each[0]);
    this.errorOrder = Math.min(
      tableau.order,
      tableau.embedded ? estimateOrder(tableau.embedded) : tableau.order,
    );
    this.k = stages.each.slice(0, s);
    this.#denseStages = stages.each;
    this.#extraRows = (extra?.a ?? []).map((row) => Float64Array.from(row));
    this.#extraC = Float64Array.from(extra?.c ?? []);
    this.#all = stages.all;
    this.#stage = new Float64Array(n);
    this.#zero = new Float64Array(n);
    this.#rows = tableau.a.map((row) => Float64Array.from(row));
    this.#b = Float64Array.from(tableau.b);
    this.#c = Float64Array.from(tableau.c);
    this.#errorWeights =
      settings.adaptive && tableau.embedded ? embeddedDifference(tableau.b, tableau.embedded) : undefined;
    if (this.#errorWeights) this.#companion = companionDifference(tableau.b, tableau.embedded!);
    this.#dense = denseColumns(tableau.dense.weights);
    this.degree = this.#dense.length;
    this.#reusesLast = s > 1 && tableau.a[s - 1]!.every((x, j) => x === tableau.b[j]);
  }

  start(t: number, y: Float64Array, how: Start = "anew"): void {
    this.y.set(y);
    this.hasSlope = false;
    if (how === "nearby") return;
    this.#power?.restart();
    this.evaluateFirst(t);
  }

  attempt(t: number, h: number, weights: Float64Array): number {
    const { system, k, y, yNew } = this;
    const all = this.#all;
    const rows = this.#rows;
    const c = this.#c;
    const stage = this.#stage;
    const s = k.length;
    this.#t = t;
    this.#h = h;
    this.slope(t);
    const inner = this.#reusesLast ? s - 1 : s;
    for (let i = 1; i < inner; i++) {
      combine(stage, y, h, rows[i]!, all, i);
      system.f(t + c[i]! * h, stage, k[i]!);
    }
    combine(yNew, y, h, this.#b, all, inner);
    if (!allFinite(yNew)) return STEP_NON_FINITE;
    if (this.#reusesLast) system.f(t + h, yNew, k[s - 1]!);
    if (this.#errorWeights !== undefined) combine(this.error, this.#zero, h, this.#errorWeights, all, s);
    if (this.#companion !== undefined) this.#weaken(h, weights, this.#companion);
    return STEP_OK;
  }

  /** Makes one estimate of two. */
  #weaken(h: number, weights: Float64Array, companion: Float64Array): void {
    const { error } = this;
    const fine = weightedNorm(error, weights);
    combine(this.#stage, this.#zero, h, companion, this.#all, this.k.length);
    const coarse = weightedNorm(this.#stage, weights);
    const factor = fine === 0 ? 0 : fine / Math.sqrt(fine * fine + 0.01 * coarse * coarse);
    for (let i = 0; i < error.length; i++) error[i] = error[i]! * factor;
  }

  accept(): void {
    const { k } = this;
    this.exchange();
    this.hasSlope = this.#reusesLast;
    if (this.#reusesLast) k[0]!.set(k[k.length - 1]!);
  }

  polynomial(out: Float64Array, offset: number): void {
    const k = this.#denseStages;
    const s = this.k.length;
    this.#extraRows.forEach((row, i) => {
      combine(this.#stage, this.y, this.#h, row, this.#all, s + i);
      this.system.f(this.#t + this.#extraC[i]! * this.#h, this.#stage, k[s + i]!);
    });
    densePolynomial(this.#dense, this.y, this.#h, k, out, offset);
  }

  /** By power iteration on df/dy with differences of f: the direction of one call is the start of the next,
   *  so that it converges along the integration. One evaluation a call. */
  rate(): number {
    this.#power ??= new PowerIteration(this.system);
    return this.#power.estimate(this.#t, this.y, this.slope(this.#t), this.k[this.k.length - 1]!);
  }
}
