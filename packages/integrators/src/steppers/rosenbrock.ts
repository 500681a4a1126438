import type { RealLu } from "../linear/types.ts";
import type { System } from "../system.ts";
import type { RosenbrockTableau } from "../tableau/rosenbrock.ts";
import { combine } from "./combine.ts";
import {
  allFinite,
  STEP_NON_FINITE,
  STEP_OK,
  STEP_SINGULAR,
  type Stepper,
  type StepperSettings,
} from "./stepper.ts";

/** Steps of Rosenbrock methods: one Jacobian and one factorisation a step, no iteration. A step that was refused keeps
 *  its Jacobian. */
export class RosenbrockStepper implements Stepper {
  readonly system: System;
  readonly solverName: string;
  readonly error: Float64Array;
  readonly errorOrder: number;
  readonly iterations: number = 0;
  readonly maxIterations: number = 0;
  readonly explicit: boolean = false;
  readonly prefersConstantStep: boolean = false;
  readonly degree: number;
  readonly segments: number = 1;
  /** The stage increments u_i of the last attempt. */
  readonly u: Float64Array[];
  readonly jac: Float64Array;
  readonly lu: RealLu;
  y: Float64Array;
  yNew: Float64Array;
  readonly #tableau: RosenbrockTableau;
  readonly #a: Float64Array[];
  readonly #c: Float64Array[];
  readonly #m: Float64Array;
  readonly #e: Float64Array;
  /** sum m_i u_i differs from the last stage's argument by the last increment alone. */
  readonly #addsLast: boolean;
  readonly #dense: Float64Array[];
  readonly #slope: Float64Array;
  readonly #timeSlope: Float64Array;
  readonly #stage: Float64Array;
  readonly #zero: Float64Array;
  #hasSlope = false;
  #hasJacobian = false;

  constructor(name: string, tableau: RosenbrockTableau, system: System, _settings: StepperSettings) {
    const { n } = system;
    const s = tableau.m.length;
    this.system = system;
    this.solverName = name;
    this.errorOrder = Math.min(tableau.order, tableau.embeddedOrder);
    this.#tableau = tableau;
    const square = (rows: readonly (readonly number[])[]) =>
      rows.map((row) => Float64Array.from({ length: s }, (_, j) => row[j] ?? 0));
    this.#a = square(tableau.a);
    this.#c = square(tableau.c);
    this.#m = Float64Array.from(tableau.m);
    this.#e = Float64Array.from(tableau.e, (e) => e * (tableau.errorScale ?? 1));
    this.#addsLast =
      tableau.m[s - 1] === 1 && tableau.m.every((m, j) => j === s - 1 || m === (tableau.a[s - 1]![j] ?? 0));
    this.#dense = square(tableau.dense);
    this.degree = tableau.dense.length + 1;
    this.y = new Float64Array(n);
    this.yNew = new Float64Array(n);
    this.error = new Float64Array(n);
    this.u = Array.from({ length: s }, () => new Float64Array(n));
    this.#slope = new Float64Array(n);
    this.#timeSlope = new Float64Array(n);
    this.#stage = new Float64Array(n);
    this.#zero = new Float64Array(n);
    this.jac = system.newJacobian();
    this.lu = system.newLu();
  }

  start(t: number, y: Float64Array, nearby = false): void {
    this.y.set(y);
    this.#hasSlope = false;
    this.#hasJacobian = false;
    if (nearby) return;
    this.system.firstSlope(t, this.y, this.#slope);
    this.#hasSlope = true;
  }

  slope(t: number): Float64Array {
    if (!this.#hasSlope) this.system.f(t, this.y, this.#slope);
    this.#hasSlope = true;
    return this.#slope;
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
      system.timeDerivative(t, y, slope, h, timeSlope);
      this.#hasJacobian = true;
    }
    system.stats.factorisations++;
    if (!lu.factor(this.jac, 1 / (h * tableau.gamma))) return STEP_SINGULAR;
    const inverse = 1 / h;
    for (let i = 0; i < s; i++) {
      const ui = u[i]!;
      const hd = h * tableau.d[i]!;
      if (i === 0) {
        for (let j = 0; j < n; j++) ui[j] = slope[j]! + hd * timeSlope[j]!;
      } else {
        if (this.#addsLast && i === s - 1) combine(yNew, y, 1, this.#a[i]!, u, i);
        const at = this.#addsLast && i === s - 1 ? yNew : stage;
        if (at === stage) combine(stage, y, 1, this.#a[i]!, u, i);
        system.f(t + tableau.alpha[i]! * h, at, ui);
        if (hd !== 0) for (let j = 0; j < n; j++) ui[j] = ui[j]! + hd * timeSlope[j]!;
        combine(ui, ui, inverse, this.#c[i]!, u, i);
      }
      lu.solve(ui);
    }
    system.stats.solves += s;
    if (this.#addsLast) {
      const last = u[s - 1]!;
      for (let j = 0; j < n; j++) yNew[j] = yNew[j]! + last[j]!;
    } else {
      combine(yNew, y, 1, this.#m, u, s);
    }
    if (!allFinite(yNew)) return STEP_NON_FINITE;
    combine(this.error, this.#zero, 1, this.#e, u, s);
    return STEP_OK;
  }

  accept(): void {
    const previous = this.y;
    this.y = this.yNew;
    this.yNew = previous;
    this.#hasSlope = false;
    this.#hasJacobian = false;
  }

  reject(): void {}

  /** (1 - x) y + x (y_new + (1 - x) (H_1 + x (H_2 + ...))) in powers of x. */
  polynomial(out: Float64Array, offset: number): void {
    const { y, yNew, u } = this;
    const n = y.length;
    const rows = this.#dense;
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

  rate(): number {
    return this.#hasJacobian ? this.system.normBound(this.jac) : Number.NaN;
  }
}

function dot(weights: Float64Array, u: readonly Float64Array[], i: number): number {
  let sum = 0;
  for (let j = 0; j < weights.length; j++) sum += weights[j]! * u[j]![i]!;
  return sum;
}
