import { matrixLinearisation } from "../jacobian/linearisations.ts";
import type { System } from "../system.ts";
import type { CollocationTableau } from "../tableau/collocation.ts";
import { allFinite, weightedNorm } from "../vectors.ts";
import { collocationRows, extrapolate, type Stages } from "./collocation-polynomial.ts";
import { advance, finish, toResidual } from "./collocation-work.ts";
import { ImplicitStepper } from "./implicit-stepper.ts";
import { KeptLu } from "./jacobian-keeper.ts";
import { KeptComplexLu } from "./kept-complex-lu.ts";
import { STEP_NON_FINITE, STEP_OK, type Start, type StepperSettings } from "./stepper.ts";

/** A Jacobian is kept as long as Newton's increments shrink by at least this; one that takes no more
 *  evaluations than a step, by at least that. What an iteration leaves has the same sign step after step, and
 *  would outweigh the errors of a method whose order is above that of its error estimate. */
const SLOW = 0.02;
const SLOW_IF_CHEAP = 0.003;
const CHEAP = 6;

/** Steps of three-stage collocation, stiffly accurate and with one real and one pair of complex eigenvalues
 *  of A^-1 (Radau IIA of order 5): the similarity that diagonalises A^-1 splits each simplified Newton
 *  iteration on 3n unknowns into one real and one complex solve of size n.
 *  @see Hairer and Wanner, Solving Ordinary Differential Equations II, IV.8 */
export class RadauStepper extends ImplicitStepper {
  readonly errorOrder: number = 3;
  readonly degree: number = 3;
  /** Stage i of the last attempt is y + z[i]. */
  readonly z: Stages;
  readonly #method: CollocationTableau;
  readonly #lu: KeptLu;
  readonly #complexLu: KeptComplexLu;
  /** Nine rows: the stages, w = T^-1 z, and what becomes the increments of w. One array, and few passes over
   *  it: an iteration is mostly loads and stores. */
  readonly #work: Float64Array;
  readonly #w: Float64Array;
  readonly #product: Float64Array;
  readonly #stageStates: Stages;
  readonly #d: Stages;
  /** Reciprocals of the error weights. */
  readonly #scale: Float64Array;
  #indexWeights: Float64Array | undefined;
  /** The polynomial of the last accepted step in powers of x, rows x, x^2, x^3, and that step's size. */
  readonly #collocation: Float64Array;
  #collocationStep = 0;
  #cautious = true;

  constructor(name: string, method: CollocationTableau, system: System, settings: StepperSettings) {
    const linearisation = matrixLinearisation(system);
    const slow = system.jacobianPrice <= CHEAP ? SLOW_IF_CHEAP : SLOW;
    super(name, system, settings, linearisation, { iterations: 10, slow });
    const { n } = system;
    const triple = () => [new Float64Array(n), new Float64Array(n), new Float64Array(n)] as const;
    this.#method = method;
    this.z = triple();
    this.#work = new Float64Array(9 * n);
    this.#w = this.#work.subarray(3 * n, 6 * n);
    this.#product = new Float64Array(system.mass === undefined ? 0 : 3 * n);
    const rows = (from: number) =>
      [0, 1, 2].map((i) => this.#work.subarray((from + i) * n, (from + i + 1) * n)) as unknown as Stages;
    this.#stageStates = rows(0);
    this.#d = rows(6);
    this.#scale = new Float64Array(n);
    this.#collocation = new Float64Array(3 * n);
    this.#lu = new KeptLu(system, this.keeper, settings.newtonTolerance);
    this.#complexLu = new KeptComplexLu(system, this.keeper, linearisation);
  }

  override start(t: number, y: Float64Array, how: Start = "anew"): void {
    if (how !== "nearby") {
      this.#collocationStep = 0;
      this.#cautious = true;
    }
    super.start(t, y, how);
  }

  attempt(t: number, h: number, given: Float64Array): number {
    const weights = this.#scaled(h, given);
    this.begin(t, h, given);
    for (let i = 0; i < weights.length; i++) this.#scale[i] = 1 / weights[i]!;
    const slope = this.hasSlope ? this.slopeHere : undefined;
    const code = this.converge(t, this.y, () => this.#stages(), slope);
    if (code !== STEP_OK) return code;
    if (!this.patient) {
      this.#estimate(t, h, weights);
      if (weights !== given)
        for (let i = 0; i < weights.length; i++) this.error[i]! *= given[i]! / weights[i]!;
    }
    return STEP_OK;
  }

  /** Error weights over h^(index - 1): by so many powers of h errors in unknowns of a higher index are larger
   *  than in others, in Newton's iteration and at the end of a step. */
  #scaled(h: number, weights: Float64Array): Float64Array {
    const { index } = this.system.problem;
    if (index === undefined) return weights;
    this.#indexWeights ??= new Float64Array(weights.length);
    const scaled = this.#indexWeights;
    const size = Math.abs(h);
    for (let i = 0; i < scaled.length; i++) {
      scaled[i] = weights[i]! / (index[i] === 1 ? 1 : index[i] === 2 ? size : size * size);
    }
    return scaled;
  }

  protected factor(): boolean {
    const { real, re, im } = this.#method.eigenvalues;
    const { h } = this;
    return this.#lu.ensure(real / h) && this.#complexLu.ensure(re / h, im / h);
  }

  #stages(): number {
    this.#predict(this.h);
    const code = this.iterate();
    if (code !== STEP_OK) return code;
    finish(this.#method, this.y, this.#work, this.z, this.yNew);
    return allFinite(this.yNew) ? STEP_OK : STEP_NON_FINITE;
  }

  /** Stages from the polynomial of the step before, extrapolated; zero increments at the start. */
  #predict(h: number): void {
    if (this.#collocationStep !== 0) {
      extrapolate(this.#method, this.#collocation, h / this.#collocationStep, this.y, this.#work);
      return;
    }
    for (const stage of this.#stageStates) stage.set(this.y);
    const n = this.y.length;
    this.#work.fill(0, 3 * n, 6 * n);
  }

  /** (diag(real, re + i im) / h - J) dw = T^-1 f(y + T w) - diag(real, re + i im) w / h. */
  protected increment(): number {
    const { system, t, h } = this;
    const [s0, s1, s2] = this.#stageStates;
    const [d0, d1, d2] = this.#d;
    const { c } = this.#method;
    system.f(t + c[0] * h, s0, d0);
    system.f(t + c[1] * h, s1, d1);
    system.f(t + h, s2, d2);
    toResidual(this.#method, h, this.#work, this.#massProduct());
    this.#lu.solve(d0);
    this.#complexLu.solve(d1, d2);
    return advance(this.#method, this.y, this.#scale, this.#work);
  }

  protected refresh(): boolean {
    return this.keeper.evaluateAt(this.t + this.h, this.#stageStates[2], this.weights, this.h);
  }

  /** M w in rows of its own; w itself where M is the identity. */
  #massProduct(): Float64Array {
    const { mass, n } = this.system;
    const work = this.#work;
    if (mass === undefined) return this.#w;
    const product = this.#product.fill(0);
    for (const from of [0, n, 2 * n]) {
      mass.addProduct(1, work.subarray(3 * n + from, 4 * n + from), product.subarray(from, from + n));
    }
    return product;
  }

  /** (gamma_0 / h - J)^-1 (f(t, y) + (e . z) / h); a large one at the start or after a refusal is filtered
   *  once more. */
  #estimate(t: number, h: number, weights: Float64Array): void {
    const { error, y, system } = this;
    const [z0, z1, z2] = this.z;
    const [e0, e1, e2] = this.#method.errorWeights;
    const slope = this.slope(t);
    const [d0] = this.#d;
    const inverse = 1 / h;
    for (let i = 0; i < y.length; i++) {
      const d = (e0 * z0[i]! + e1 * z1[i]! + e2 * z2[i]!) * inverse;
      d0[i] = d;
    }
    if (system.mass !== undefined) {
      error.set(d0);
      d0.fill(0);
      system.mass.addProduct(1, error, d0);
    }
    for (let i = 0; i < y.length; i++) error[i] = slope[i]! + d0[i]!;
    this.#lu.solve(error);
    if (!this.#cautious || !(weightedNorm(error, weights) >= 1)) return;
    const [stage] = this.#stageStates;
    for (let i = 0; i < y.length; i++) stage[i] = y[i]! + error[i]!;
    system.f(t, stage, error);
    for (let i = 0; i < y.length; i++) error[i] = error[i]! + d0[i]!;
    this.#lu.solve(error);
  }

  accept(): void {
    collocationRows(this.#method, this.z, this.#collocation, 0);
    this.#collocationStep = this.h;
    this.exchange();
    this.#cautious = false;
  }

  override reject(): void {
    this.#cautious = true;
  }

  polynomial(out: Float64Array, offset: number): void {
    out.set(this.y, offset);
    collocationRows(this.#method, this.z, out, offset + this.y.length);
  }
}
