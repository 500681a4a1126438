import { ComplexDirectSolver } from "../direct/complex-direct-solver.ts";
import { MatrixLinearisation } from "../jacobian/linearisations.ts";
import { memoised } from "../memoised.ts";
import type { System } from "../system.ts";
import type { ButcherTableau } from "../tableau/butcher.ts";
import { collocationTableau } from "../tableau/collocation.ts";
import { allFinite, weightedNorm } from "../vectors.ts";
import { ImplicitStepper } from "./implicit-stepper.ts";
import { Kept, KeptLu } from "./jacobian-keeper.ts";
import { combine, type StageArrays, type StageTerms, stageArrays, stageTerms } from "./stage-sums.ts";
import { STEP_NON_FINITE, STEP_OK, type Start, type StepperSettings } from "./stepper.ts";

/** A Jacobian is kept as long as Newton's increments shrink by at least SLOW, or by SLOW_IF_CHEAP if it
 *  takes no more evaluations than a step. The errors that an iteration leaves have the same sign step after
 *  step. They would outweigh the errors of a method whose order is above that of its error estimate. */
const SLOW = 0.02;
const SLOW_IF_CHEAP = 0.003;
const CHEAP = 6;

/** A tableau as sums over stages. */
const coefficientsOf = /* @__PURE__ */ memoised((tableau: ButcherTableau) => {
  const method = collocationTableau(tableau);
  const terms = (rows: readonly (readonly number[])[]) => rows.map((row) => stageTerms(row));
  return {
    ...method,
    toStages: terms(method.t),
    fromStages: terms(method.inverseT),
    ends: stageTerms(method.end),
    error: stageTerms(method.errorWeights),
    powers: terms(method.interpolation),
  };
});

/** Collocation steps with two stages, or with three that are stiffly accurate and have an error estimate
 *  (Radau IIA of order 5). The stages are y + z_i with z = T w. The similarity T diagonalises A^-1. It splits
 *  each simplified Newton iteration into one complex solve of size n, and a real one if there are three
 *  stages.
 *  @see Hairer and Wanner, Solving Ordinary Differential Equations II, IV.8 */
export class CollocationStepper extends ImplicitStepper {
  readonly errorOrder: number;
  readonly degree: number;
  /** Stage i of the last attempt is y + z[i]. */
  readonly z: readonly Float64Array[];
  readonly #method: ReturnType<typeof coefficientsOf>;
  readonly #lu: KeptLu | undefined;
  readonly #pair: Kept;
  readonly #complex: ComplexDirectSolver;
  readonly #increments: StageArrays;
  readonly #w: StageArrays;
  readonly #states: StageArrays;
  readonly #slopes: StageArrays;
  /** The polynomial of the last accepted step in powers of x, less its constant, and that step's size. */
  readonly #polynomial: StageArrays;
  #polynomialStep = 0;
  /** Weights of its rows in the stages of a next step. */
  readonly #ahead: readonly StageTerms[];
  readonly #product = this.vector();
  readonly #zero = this.vector();
  #indexWeights: Float64Array | undefined;
  #scaledWeights = this.weights;
  #cautious = true;

  constructor(name: string, tableau: ButcherTableau, system: System, settings: StepperSettings) {
    const linearisation = new MatrixLinearisation(system);
    const slow = system.jacobianPrice <= CHEAP ? SLOW_IF_CHEAP : SLOW;
    super(name, system, settings, linearisation, { iterations: 10, slow });
    const { n } = system;
    const method = coefficientsOf(tableau);
    const s = method.c.length;
    const rows = () => stageArrays(s, n);
    this.#method = method;
    this.degree = s;
    this.#increments = rows();
    this.z = this.#increments.each;
    this.#w = rows();
    this.#states = rows();
    this.#slopes = rows();
    this.#polynomial = rows();
    this.#ahead = method.c.map((c) => stageTerms(method.c.map((_, m) => c + m + 1)));
    this.#complex = new ComplexDirectSolver(linearisation.matrix, system.mass);
    this.#pair = new Kept(system, this.keeper, (re, im) => this.#complex.factor(re, im));
    if (method.real !== undefined) this.#lu = new KeptLu(system, this.keeper, settings.newtonTolerance);
    this.errorOrder = this.#lu === undefined ? tableau.order : 3;
  }

  override start(t: number, y: Float64Array, how: Start = "anew"): void {
    if (how !== "nearby") {
      this.#polynomialStep = 0;
      this.#cautious = true;
    }
    super.start(t, y, how);
  }

  attempt(t: number, h: number, weights: Float64Array): number {
    this.begin(t, h, weights);
    this.#scaledWeights = this.#scaled(h, weights);
    const slope = this.hasSlope ? this.slopeHere : undefined;
    const code = this.converge(t, this.y, () => this.#stages(), slope);
    if (code === STEP_OK && !this.patient && this.#lu !== undefined) this.#estimate(t, h, this.#lu);
    return code;
  }

  /** Error weights over h^(index - 1). Errors of unknowns of a higher index are larger by this factor, in
   *  Newton's iteration and at the end of a step. */
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
    const { real = 0, re, im } = this.#method;
    const { h } = this;
    return (this.#lu?.ensure(real / h) ?? true) && this.#pair.ensure(re / h, im / h);
  }

  #stages(): number {
    this.#predict();
    const code = this.iterate();
    if (code !== STEP_OK) return code;
    const { toStages, ends } = this.#method;
    this.#transform(this.#increments, this.#zero, 1, toStages, this.#w);
    combine(this.yNew, this.y, 1, ends, this.#increments.all);
    return allFinite(this.yNew) ? STEP_OK : STEP_NON_FINITE;
  }

  /** Each row of `out` becomes y and its sum over the rows of `from`. */
  #transform(
    out: StageArrays,
    y: Float64Array,
    h: number,
    rows: readonly StageTerms[],
    from: StageArrays,
  ): void {
    for (let i = 0; i < rows.length; i++) combine(out.each[i]!, y, h, rows[i]!, from.all);
  }

  /** Stages from the polynomial of the step before, extrapolated; zero increments at the start. */
  #predict(): void {
    const { c, fromStages } = this.#method;
    const ratio = this.#polynomialStep === 0 ? 0 : this.h / this.#polynomialStep;
    this.#ahead.forEach(({ weights }, i) => {
      const x = 1 + c[i]! * ratio;
      let power = 1;
      for (let m = 0; m < c.length; m++) {
        power *= x;
        weights[m] = power - 1;
      }
    });
    this.#transform(this.#increments, this.#zero, 1, this.#ahead, this.#polynomial);
    this.#transform(this.#w, this.#zero, 1, fromStages, this.#increments);
    this.#transform(this.#states, this.y, 1, this.#ahead, this.#polynomial);
  }

  /** (diag(real, re + i im) / h - J) dw = T^-1 f(y + T w) - diag(real, re + i im) w / h. */
  protected increment(): number {
    const { system, t, h, y } = this;
    const { c, real = 0, re, im, toStages, fromStages } = this.#method;
    const weights = this.#scaledWeights;
    const states = this.#states.each;
    const w = this.#w.each;
    // The increments z are not in use before the iteration's end.
    const d = this.#increments.each;
    for (let i = 0; i < c.length; i++) system.f(t + c[i]! * h, states[i]!, this.#slopes.each[i]!);
    this.#transform(this.#increments, this.#zero, 1, fromStages, this.#slopes);
    const p = c.length - 2;
    if (this.#lu !== undefined) {
      this.#subtract(real / h, w[0]!, d[0]!);
      this.#lu.solve(d[0]!);
    }
    this.#subtract(re / h, w[p]!, d[p]!);
    this.#subtract(-im / h, w[p + 1]!, d[p]!);
    this.#subtract(re / h, w[p + 1]!, d[p + 1]!);
    this.#subtract(im / h, w[p]!, d[p + 1]!);
    system.stats.solves++;
    this.#complex.solve(d[p]!, d[p + 1]!);
    let sum = 0;
    for (let i = 0; i < c.length; i++) {
      const [wi, di] = [w[i]!, d[i]!];
      for (let j = 0; j < y.length; j++) {
        const r = di[j]! / weights[j]!;
        sum += r * r;
        wi[j] = wi[j]! + di[j]!;
      }
    }
    this.#transform(this.#states, y, 1, toStages, this.#w);
    return Math.sqrt(sum / (c.length * y.length));
  }

  /** out -= factor M v. */
  #subtract(factor: number, v: Float64Array, out: Float64Array): void {
    const { mass } = this.system;
    if (mass !== undefined) mass.addProduct(-factor, v, out);
    else for (let i = 0; i < out.length; i++) out[i] = out[i]! - factor * v[i]!;
  }

  protected refresh(): boolean {
    const last = this.#method.c.length - 1;
    const t = this.t + this.#method.c[last]! * this.h;
    return this.keeper.evaluateAt(t, this.#states.each[last]!, this.weights, this.h);
  }

  /** (gamma_0 / h - J)^-1 (f(t, y) + (e . z) / h); a large one at the start or after a refusal is filtered
   *  once more. */
  #estimate(t: number, h: number, lu: KeptLu): void {
    const { error, y, system, weights } = this;
    const scaled = this.#scaledWeights;
    const product = this.#product;
    const [stage] = this.#states.each;
    const filter = (slope: Float64Array) => {
      for (let i = 0; i < y.length; i++) error[i] = slope[i]! + product[i]!;
      lu.solve(error);
    };
    combine(product, this.#zero, 1 / h, this.#method.error, this.#increments.all);
    if (system.mass !== undefined) {
      error.set(product);
      product.fill(0);
      system.mass.addProduct(1, error, product);
    }
    filter(this.slope(t));
    if (this.#cautious && weightedNorm(error, scaled) >= 1) {
      for (let i = 0; i < y.length; i++) stage![i] = y[i]! + error[i]!;
      system.f(t, stage!, error);
      filter(error);
    }
    if (scaled !== weights) for (let i = 0; i < y.length; i++) error[i]! *= weights[i]! / scaled[i]!;
  }

  accept(): void {
    this.#transform(this.#polynomial, this.#zero, 1, this.#method.powers, this.#increments);
    this.#polynomialStep = this.h;
    this.exchange();
    this.#cautious = false;
  }

  override reject(): void {
    this.#cautious = true;
  }

  polynomial(out: Float64Array, offset: number): void {
    const n = this.y.length;
    out.set(this.y, offset);
    this.#method.powers.forEach((row, m) => {
      const at = offset + (m + 1) * n;
      combine(out.subarray(at, at + n), this.#zero, 1, row, this.#increments.all);
    });
  }
}
