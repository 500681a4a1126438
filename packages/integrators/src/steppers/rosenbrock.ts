import type { RealLu } from "../linear/factorisation.ts";
import { realLu } from "../linear/real-lu.ts";
import type { System } from "../system.ts";
import type { RosenbrockTableau } from "../tableau/rosenbrock.ts";
import { allFinite, weightedNorm } from "../vectors.ts";
import { LINEAR_PART } from "./jacobian-keeper.ts";
import { type RosenbrockCoefficients, rosenbrockCoefficients } from "./rosenbrock-coefficients.ts";
import { combine, combineTwo, stageArrays } from "./stage-sums.ts";
import { StateStepper } from "./state-stepper.ts";
import {
  STEP_NEWTON_FAILED,
  STEP_NON_FINITE,
  STEP_OK,
  STEP_SINGULAR,
  type Start,
  type StepperSettings,
} from "./stepper.ts";

/** Steps of Rosenbrock methods: one Jacobian and one factorisation a step, no iteration. A step that was
 *  refused keeps its Jacobian. */
export class RosenbrockStepper extends StateStepper {
  readonly errorOrder: number;
  readonly maxIterations: number = 0;
  readonly explicit: boolean = false;
  readonly prefersConstantStep: boolean = false;
  readonly degree: number;
  /** The stage increments u_i of the last attempt. */
  readonly u: readonly Float64Array[];
  readonly jac: Float64Array;
  readonly lu: RealLu;
  readonly #tableau: RosenbrockTableau;
  readonly #coefficients: RosenbrockCoefficients;
  readonly #all: Float64Array;
  readonly #rhs: Float64Array;
  /** The slope that the last stage had. */
  #current: Float64Array;
  readonly #timeSlope: Float64Array;
  /** It is not zero. */
  #moves = false;
  readonly #stage: Float64Array;
  readonly #zero: Float64Array;
  /** A sample of the rounding that steps have left in the state; undefined as long as nobody asks. */
  #noise: Float64Array | undefined;
  #hasJacobian = false;

  constructor(name: string, tableau: RosenbrockTableau, system: System, settings: StepperSettings) {
    super(name, system);
    const { n } = system;
    const s = tableau.m.length;
    this.errorOrder = Math.min(tableau.order, tableau.embeddedOrder);
    this.#tableau = tableau;
    this.#coefficients = rosenbrockCoefficients(tableau);
    this.degree = tableau.dense.length + 1;
    const stages = stageArrays(s, n);
    this.u = stages.each;
    this.#all = stages.all;
    this.#rhs = new Float64Array(n);
    this.#current = this.slopeHere;
    this.#timeSlope = new Float64Array(n);
    this.#stage = new Float64Array(n);
    this.#zero = new Float64Array(n);
    this.jac = system.newJacobian();
    this.lu = realLu(system, LINEAR_PART * settings.newtonTolerance);
  }

  start(t: number, y: Float64Array, how: Start = "anew"): void {
    this.y.set(y);
    this.hasSlope = false;
    this.#hasJacobian = false;
    if (how === "nearby") return;
    if (how === "anew") this.#noise = undefined;
    this.evaluateFirst(t);
  }

  attempt(t: number, h: number, weights: Float64Array): number {
    const { system, u, y, yNew, lu } = this;
    const tableau = this.#tableau;
    const n = y.length;
    const s = u.length;
    const slope = this.slope(t);
    const timeSlope = this.#timeSlope;
    const stage = this.#stage;
    if (!this.#hasJacobian) {
      if (!system.jacobian(t, y, weights, h, this.jac, slope)) return STEP_NON_FINITE;
      this.#moves = system.timeDerivative(t, y, slope, h, timeSlope);
      this.#hasJacobian = true;
    }
    system.stats.factorisations++;
    if (!lu.factor(this.jac, 1 / (h * tableau.gamma))) return STEP_SINGULAR;
    const inverse = 1 / h;
    for (let i = 0; i < s; i++) {
      this.#rightHandSide(t, h, i, inverse, slope);
      lu.solve(u[i]!);
      if (lu.failed) return STEP_NEWTON_FAILED;
    }
    system.stats.solves += s;
    const last = u[s - 1]!;
    const { m, e, sums, extends: extendsRow, lastIsError } = this.#coefficients;
    if (extendsRow[s] && system.mass === undefined)
      for (let j = 0; j < n; j++) yNew[j] = stage[j]! + m[s - 1]! * last[j]!;
    else combine(yNew, y, 1, sums.m, this.#all);
    if (!allFinite(yNew)) return STEP_NON_FINITE;
    if (lastIsError) for (let j = 0; j < n; j++) this.error[j] = e[s - 1]! * last[j]!;
    else combine(this.error, this.#zero, 1, sums.e, this.#all);
    return STEP_OK;
  }

  /** Of stage i, into u_i. */
  #rightHandSide(t: number, h: number, i: number, inverse: number, slope: Float64Array): void {
    const ui = this.u[i]!;
    const n = ui.length;
    const rhs = this.#rhs;
    const stage = this.#stage;
    const all = this.#all;
    const { a, c, sums, repeats, extends: extendsRow } = this.#coefficients;
    const at = t + this.#tableau.alpha[i]! * h;
    const hd = this.#moves ? h * this.#tableau.d[i]! : 0;
    const timeSlope = this.#timeSlope;
    if (this.system.mass !== undefined) {
      combine(stage, this.y, 1, sums.a[i]!, all);
      this.system.f(at, stage, ui);
      combine(rhs, this.#zero, inverse, sums.c[i]!, all);
      this.system.mass.addProduct(1, rhs, ui);
    } else if (i === 0) {
      this.#current = slope;
      ui.set(slope);
    } else if (repeats[i]) {
      combine(ui, this.#current, inverse, sums.c[i]!, all);
    } else if (extendsRow[i]) {
      const weight = a[i]![i - 1]!;
      const before = this.u[i - 1]!;
      for (let j = 0; j < n; j++) stage[j] = stage[j]! + weight * before[j]!;
      this.system.f(at, stage, rhs);
      this.#current = rhs;
      combine(ui, rhs, inverse, sums.c[i]!, all);
    } else {
      if (i <= 5) {
        combineTwo(stage, this.y, a[i]!, ui, inverse, c[i]!, all, i);
      } else {
        combine(stage, this.y, 1, sums.a[i]!, all);
        combine(ui, this.#zero, inverse, sums.c[i]!, all);
      }
      this.system.f(at, stage, rhs);
      this.#current = rhs;
      if (hd !== 0) {
        for (let j = 0; j < n; j++) ui[j] = ui[j]! + rhs[j]! + hd * timeSlope[j]!;
        return;
      }
      for (let j = 0; j < n; j++) ui[j] = ui[j]! + rhs[j]!;
    }
    if (hd === 0) return;
    for (let j = 0; j < n; j++) ui[j] = ui[j]! + hd * timeSlope[j]!;
  }

  accept(): void {
    this.exchange();
    this.#hasJacobian = false;
  }

  /** (1 - x) y + x (y_new + (1 - x) (H_1 + x (H_2 + ...))) in powers of x. */
  polynomial(out: Float64Array, offset: number): void {
    const { y, yNew, u } = this;
    const n = y.length;
    const rows = this.#coefficients.dense;
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
   *  not move, such as linear invariants. The residual of the first stage stands for those of all; what
   *  earlier steps have left is damped as the method damps, if a little less.
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
    system.addProduct(this.jac, first!, residual);
    const weight = m.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0);
    for (let i = 0; i < n; i++) noise[i] = shift * noise[i]! + weight * residual[i]!;
    lu.solve(noise);
    system.stats.solves++;
    return weightedNorm(noise, weights);
  }

  rate(): number {
    return this.#hasJacobian ? this.system.normBound(this.jac) : Number.NaN;
  }
}

function dot(weights: Float64Array, u: readonly Float64Array[], i: number): number {
  let sum = 0;
  for (let j = 0; j < weights.length; j++) sum += weights[j]! * u[j]![i]!;
  return sum;
}
