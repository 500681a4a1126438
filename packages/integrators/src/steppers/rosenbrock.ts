import type { Linearisation, ShiftedSolver } from "../jacobian/linearisation.ts";
import { linearisationOf } from "../jacobian/linearisations.ts";
import { memoised } from "../memoised.ts";
import type { System } from "../system.ts";
import type { RosenbrockTableau } from "../tableau/rosenbrock.ts";
import { allFinite, weightedNorm } from "../vectors.ts";
import { LINEAR_PART } from "./jacobian-keeper.ts";
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

/** A tableau as sums over stages. */
interface Coefficients {
  readonly a: readonly StageTerms[];
  readonly c: readonly StageTerms[];
  readonly m: StageTerms;
  /** With the scale of the error estimate. */
  readonly e: StageTerms;
  readonly dense: readonly Float64Array[];
  /** The stage's argument and time are those of the stage before it: they share a slope. */
  readonly repeats: readonly boolean[];
}

const coefficientsOf = /* @__PURE__ */ memoised((tableau: RosenbrockTableau): Coefficients => {
  const { a, c, m, e, errorScale = 1, alpha, dense } = tableau;
  const entry = (i: number, j: number) => a[i]![j] ?? 0;
  return {
    a: a.map((row, i) => stageTerms(row, i)),
    c: c.map((row, i) => stageTerms(row, i)),
    m: stageTerms(m),
    e: stageTerms(e.map((x) => x * errorScale)),
    dense: dense.map((row) => Float64Array.from(m, (_, j) => row[j] ?? 0)),
    repeats: a.map(
      (row, i) =>
        i > 0 && alpha[i] === alpha[i - 1] && row.every((_, j) => j >= i || entry(i, j) === entry(i - 1, j)),
    ),
  };
});

/** Steps of Rosenbrock methods: one Jacobian and one factorisation a step, no iteration. A step that was
 *  refused keeps its Jacobian. */
export class RosenbrockStepper extends StateStepper {
  readonly errorOrder: number;
  override readonly explicit: boolean = false;
  readonly degree: number;
  /** The stage increments u_i of the last attempt. */
  readonly u: readonly Float64Array[];
  readonly lu: ShiftedSolver;
  readonly #jacobian: Linearisation;
  readonly #tableau: RosenbrockTableau;
  readonly coefficients: Coefficients;
  readonly #all: Float64Array;
  readonly #rhs = this.vector();
  /** The slope that the last stage had. */
  #current: Float64Array;
  readonly #timeSlope = this.vector();
  /** It is not zero. */
  #moves = false;
  readonly #stage = this.vector();
  readonly #zero = this.vector();
  /** A sample of the rounding in the state; undefined before the first question. */
  #noise: Float64Array | undefined;
  #hasJacobian = false;

  constructor(name: string, tableau: RosenbrockTableau, system: System, settings: StepperSettings) {
    super(name, system);
    const { n } = system;
    const s = tableau.m.length;
    this.errorOrder = Math.min(tableau.order, tableau.embeddedOrder);
    this.#tableau = tableau;
    this.coefficients = coefficientsOf(tableau);
    this.degree = tableau.dense.length + 1;
    const stages = stageArrays(s, n);
    this.u = stages.each;
    this.#all = stages.all;
    this.#current = this.slopeHere;
    this.#jacobian = linearisationOf(system);
    this.lu = this.#jacobian.newSolver(LINEAR_PART * settings.newtonTolerance);
  }

  override start(t: number, y: Float64Array, how: Start = "anew"): void {
    super.start(t, y, how);
    this.#hasJacobian = false;
    if (how === "anew") this.#noise = undefined;
  }

  attempt(t: number, h: number, weights: Float64Array): number {
    const { system, u, y, yNew, lu } = this;
    const tableau = this.#tableau;
    const s = u.length;
    const slope = this.slope(t);
    if (!this.#hasJacobian) {
      if (!this.#jacobian.take(t, y, weights, h, slope)) return STEP_NON_FINITE;
      this.#moves = system.timeDerivative(t, y, slope, h, this.#timeSlope);
      this.#hasJacobian = true;
    }
    system.stats.factorisations++;
    if (!lu.factor(1 / (h * tableau.gamma))) return STEP_SINGULAR;
    for (let i = 0; i < s; i++) {
      this.#rightHandSide(t, h, i);
      if (!lu.solve(u[i]!)) return STEP_NEWTON_FAILED;
    }
    system.stats.solves += s;
    combine(yNew, y, 1, this.coefficients.m, this.#all);
    if (!allFinite(yNew)) return STEP_NON_FINITE;
    combine(this.error, this.#zero, 1, this.coefficients.e, this.#all);
    // With a mass matrix f is not the derivative of y.
    if (tableau.exactForRiccati && system.mass === undefined && this.#movesBackwards(t, h, weights)) {
      for (let i = 0; i < y.length; i++) this.error[i] = yNew[i]! - y[i]!;
    }
    return STEP_OK;
  }

  /** Whether the step is far from negligible and against the slopes at both ends. */
  #movesBackwards(t: number, h: number, weights: Float64Array): boolean {
    const { system, y, yNew } = this;
    const change = this.#stage;
    for (let i = 0; i < y.length; i++) change[i] = (yNew[i]! - y[i]!) / h;
    const along = (slope: Float64Array) => {
      let sum = 0;
      for (let i = 0; i < y.length; i++) sum += (change[i]! * slope[i]!) / (weights[i]! * weights[i]!);
      return sum;
    };
    if (along(this.slopeHere) >= 0 || weightedNorm(change, weights) * Math.abs(h) < 10) return false;
    system.f(t + h, yNew, this.#rhs);
    return along(this.#rhs) < 0;
  }

  /** f(t + alpha_i h, y + sum_j a_ij u_j) + M sum_j (c_ij / h) u_j + h d_i df/dt, into u_i. */
  #rightHandSide(t: number, h: number, i: number): void {
    const ui = this.u[i]!;
    const { system, y } = this;
    const { a, c, repeats } = this.coefficients;
    const { alpha, d } = this.#tableau;
    const stage = this.#stage;
    if (i === 0) this.#current = this.slopeHere;
    else if (!repeats[i]) {
      combine(stage, y, 1, a[i]!, this.#all);
      this.#current = this.#rhs;
      system.f(t + alpha[i]! * h, stage, this.#current);
    }
    if (system.mass === undefined) combine(ui, this.#current, 1 / h, c[i]!, this.#all);
    else {
      combine(stage, this.#zero, 1 / h, c[i]!, this.#all);
      ui.set(this.#current);
      system.mass.addProduct(1, stage, ui);
    }
    const hd = this.#moves ? h * d[i]! : 0;
    const timeSlope = this.#timeSlope;
    if (hd !== 0) for (let j = 0; j < ui.length; j++) ui[j] = ui[j]! + hd * timeSlope[j]!;
  }

  accept(): void {
    this.exchange();
    this.#hasJacobian = false;
  }

  /** (1 - x) y + x (y_new + (1 - x) (H_1 + x (H_2 + ...))) in powers of x. */
  polynomial(out: Float64Array, offset: number): void {
    const { y, yNew, u } = this;
    const n = y.length;
    const rows = this.coefficients.dense;
    for (let i = 0; i < n; i++) {
      let before = 0;
      for (let m = 0; m < rows.length; m++) {
        const term = dot(rows[m]!, u, i);
        out[offset + (m + 1) * n + i] = term - before;
        before = term;
      }
      out[offset + (rows.length + 1) * n + i] = -before;
      out[offset + i] = y[i]!;
      out[offset + n + i] = out[offset + n + i]! + yNew[i]! - y[i]!;
    }
  }

  /** A step's increments solve W u = rhs up to a residual of about eps |W| |u|. What is wrong with them for
   *  that, W^-1 times the residual, is eps |u| in fast directions, but h |J| times as much in those that do
   *  not move, such as linear invariants. The residual of the first stage represents the residuals of all
   *  stages. The rounding of earlier steps is damped a little less than the method damps it.
   *  @see Shampine, Conservation laws and the numerical solution of ODEs, 1986 */
  rounding(h: number, weights: Float64Array): number {
    const { system, lu, u } = this;
    if (system.mass !== undefined) return 0;
    const { gamma, d, m } = this.#tableau;
    const [first] = u;
    const n = weights.length;
    this.#noise ??= new Float64Array(n);
    const noise = this.#noise;
    const residual = this.#rhs;
    const shift = 1 / (h * gamma);
    const hd = this.#moves ? h * d[0]! : 0;
    for (let i = 0; i < n; i++) {
      residual[i] = this.slopeHere[i]! + hd * this.#timeSlope[i]! - shift * first![i]!;
    }
    this.#jacobian.addProduct(first!, residual);
    const weight = m.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0);
    for (let i = 0; i < n; i++) noise[i] = shift * noise[i]! + weight * residual[i]!;
    lu.solve(noise);
    system.stats.solves++;
    return weightedNorm(noise, weights);
  }

  rate(): number {
    return this.#hasJacobian ? this.#jacobian.normBound() : Number.NaN;
  }
}

function dot(weights: Float64Array, u: readonly Float64Array[], i: number): number {
  let sum = 0;
  for (let j = 0; j < weights.length; j++) sum += weights[j]! * u[j]![i]!;
  return sum;
}
