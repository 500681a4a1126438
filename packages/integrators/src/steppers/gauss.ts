import { matrixLinearisation } from "../jacobian/linearisations.ts";
import type { System } from "../system.ts";
import type { ButcherTableau } from "../tableau/butcher.ts";
import { allFinite, weightedNorm } from "../vectors.ts";
import { ImplicitStepper } from "./implicit-stepper.ts";
import { KeptComplexLu } from "./kept-complex-lu.ts";
import { STEP_NON_FINITE, STEP_OK, type Start, type StepperSettings } from "./stepper.ts";

const newton = { iterations: 10, slow: 0.05 };

type Pair = readonly [Float64Array, Float64Array];

/** Steps of two-stage collocation. The stages are y + z_i with A^-1 z = h f; of A^-1, mu and v are an
 *  eigenvalue and its left eigenvector, both complex, v^T A^-1 = mu v^T, v_2 = 1. A simplified Newton
 *  iteration on 2n real unknowns is then one complex solve of size n,
 *    (mu / h - J) (v^T dz) = v^T (f - A^-1 z / h),
 *  whose imaginary part is Im v_1 dz_1.
 *  @see Hairer and Wanner, Solving Ordinary Differential Equations II, IV.8 */
export class GaussStepper extends ImplicitStepper {
  readonly errorOrder: number;
  readonly degree: number = 2;
  /** Stage i of the last attempt is y + z[i]. */
  readonly z: Pair;
  readonly #c: readonly number[];
  /** A^-1 row by row, and b^T A^-1. */
  readonly #inverse: readonly [number, number, number, number];
  readonly #end: readonly [number, number];
  readonly #mu: { readonly re: number; readonly im: number };
  readonly #v: { readonly re: number; readonly im: number };
  readonly #lu: KeptComplexLu;
  readonly #slopes: Pair;
  readonly #stage: Float64Array;
  /** The last accepted parabola in powers of x, less its constant, and that step's size. */
  readonly #parabola: Pair;
  #parabolaStep = 0;

  constructor(name: string, tableau: ButcherTableau, system: System, settings: StepperSettings) {
    const linearisation = matrixLinearisation(system);
    super(name, system, settings, linearisation, newton);
    const pair = (): Pair => [new Float64Array(system.n), new Float64Array(system.n)];
    const [[a, b], [c, d]] = tableau.a as unknown as [[number, number], [number, number]];
    const determinant = a * d - b * c;
    const inverse = [d / determinant, -b / determinant, -c / determinant, a / determinant] as const;
    const [p, q, r, s] = inverse;
    const [b1, b2] = tableau.b as unknown as [number, number];
    const re = (p + s) / 2;
    const im = Math.sqrt(1 / determinant - re * re);
    this.errorOrder = tableau.order;
    this.#c = tableau.c;
    this.#inverse = inverse;
    this.#end = [b1 * p + b2 * r, b1 * q + b2 * s];
    this.#mu = { re, im };
    this.#v = { re: (re - s) / q, im: im / q };
    this.z = pair();
    this.#slopes = pair();
    this.#parabola = pair();
    this.#stage = new Float64Array(system.n);
    this.#lu = new KeptComplexLu(system, this.keeper, linearisation);
  }

  override start(t: number, y: Float64Array, how: Start = "anew"): void {
    if (how !== "nearby") this.#parabolaStep = 0;
    super.start(t, y, how);
  }

  attempt(t: number, h: number, weights: Float64Array): number {
    this.begin(t, h, weights);
    return this.converge(t, this.y, () => this.#stages(), this.hasSlope ? this.slopeHere : undefined);
  }

  protected factor(): boolean {
    return this.#lu.ensure(this.#mu.re / this.h, this.#mu.im / this.h);
  }

  #stages(): number {
    this.#predict(this.h);
    const code = this.iterate();
    if (code !== STEP_OK) return code;
    const { y, yNew } = this;
    const [z0, z1] = this.z;
    const [e0, e1] = this.#end;
    for (let i = 0; i < y.length; i++) yNew[i] = y[i]! + (e0 * z0[i]! + e1 * z1[i]!);
    return allFinite(yNew) ? STEP_OK : STEP_NON_FINITE;
  }

  /** Stages from the parabola of the step before, extrapolated; zero increments at the start. */
  #predict(h: number): void {
    const [z0, z1] = this.z;
    if (this.#parabolaStep === 0) {
      z0.fill(0);
      z1.fill(0);
      return;
    }
    const ratio = h / this.#parabolaStep;
    const [x0, x1] = [1 + this.#c[0]! * ratio, 1 + this.#c[1]! * ratio];
    const [q1, q2] = this.#parabola;
    for (let i = 0; i < z0.length; i++) {
      const end = q1[i]! + q2[i]!;
      z0[i] = x0 * (q1[i]! + x0 * q2[i]!) - end;
      z1[i] = x1 * (q1[i]! + x1 * q2[i]!) - end;
    }
  }

  protected refresh(): boolean {
    const { t, h } = this;
    return this.keeper.evaluateAt(t + this.#c[1]! * h, this.#at(this.z[1]), this.weights, h);
  }

  #at(z: Float64Array): Float64Array {
    const stage = this.#stage;
    for (let i = 0; i < stage.length; i++) stage[i] = this.y[i]! + z[i]!;
    return stage;
  }

  /** (mu / h - J) (v^T dz) = v^T (f - A^-1 z / h). */
  protected increment(): number {
    const { system, t, h, weights } = this;
    const [z0, z1] = this.z;
    const [f0, f1] = this.#slopes;
    const [p, q, r, s] = this.#inverse;
    const v = this.#v;
    const inverse = 1 / h;
    system.f(t + this.#c[0]! * h, this.#at(z0), f0);
    system.f(t + this.#c[1]! * h, this.#at(z1), f1);
    for (let i = 0; i < z0.length; i++) {
      const first = f0[i]! - (p * z0[i]! + q * z1[i]!) * inverse;
      f0[i] = v.re * first + (f1[i]! - (r * z0[i]! + s * z1[i]!) * inverse);
      f1[i] = v.im * first;
    }
    this.#lu.solve(f0, f1);
    for (let i = 0; i < z0.length; i++) {
      const first = f1[i]! / v.im;
      const second = f0[i]! - v.re * first;
      z0[i] = z0[i]! + first;
      z1[i] = z1[i]! + second;
      f0[i] = first;
      f1[i] = second;
    }
    return Math.hypot(weightedNorm(f0, weights), weightedNorm(f1, weights)) / Math.SQRT2;
  }

  accept(): void {
    const [q1, q2] = this.#parabola;
    this.#toPowers(q1, q2);
    this.#parabolaStep = this.h;
    this.exchange();
  }

  /** The parabola through (0, 0) and the (c_i, z_i). */
  #toPowers(q1: Float64Array, q2: Float64Array): void {
    const [z0, z1] = this.z;
    const [c0, c1] = this.#c as [number, number];
    for (let i = 0; i < z0.length; i++) {
      const first = z0[i]! / c0;
      const slope = (first - z1[i]! / c1) / (c0 - c1);
      q1[i] = first - c0 * slope;
      q2[i] = slope;
    }
  }

  polynomial(out: Float64Array, offset: number): void {
    const n = this.y.length;
    out.set(this.y, offset);
    this.#toPowers(out.subarray(offset + n, offset + 2 * n), out.subarray(offset + 2 * n, offset + 3 * n));
  }
}
