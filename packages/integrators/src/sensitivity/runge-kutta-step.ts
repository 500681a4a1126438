import { DirectSolver } from "../direct/direct-solver.ts";
import type { Matrix } from "../matrix/matrix.ts";
import { combine, type StageTerms, stageTerms } from "../steppers/stage-sums.ts";
import type { Stepper } from "../steppers/stepper.ts";
import type { ButcherTableau } from "../tableau/butcher.ts";
import { DifferentiableStep, type RecordedStep } from "./differentiable-step.ts";
import { NearSolver } from "./iterative-refinement.ts";
import { addTangentSlopes, type Tangents, type TangentWork, tangentWork } from "./tangents.ts";

export type StageStepper = Stepper & { readonly k: readonly Float64Array[] };

/** Derivatives of explicit and diagonally implicit Runge-Kutta steps. With stages Y_i and cotangent lambda of
 *  y_new,
 *    kappa_i = h (b_i lambda + sum_{j >= i} a_ji mu_j),  mu_i = J(Y_i)^T kappa_i,  lambda <- lambda + sum
 *    mu_i,
 *  from the last stage to the first; an implicit stage solves (I - h a_ii J_i)^T kappa_i = h (b_i lambda +
 *  sum_{j > i} a_ji mu_j), which is the implicit function theorem at the Newton iteration's limit. */
export class RungeKuttaStep extends DifferentiableStep<StageStepper> {
  readonly #tableau: ButcherTableau;
  readonly #rows: readonly StageTerms[];
  readonly #weights: StageTerms;
  /** Whether the end of the step depends on each stage. */
  readonly #needed: readonly boolean[];
  #work: TangentWork | undefined;
  readonly #implicit: { readonly jac: Matrix; readonly solver: DirectSolver } | undefined;
  readonly #mu: Float64Array[];
  readonly #kappa = this.vector();
  readonly #back = this.vector();
  readonly #near: NearSolver;
  /** h gamma of the factorisation. */
  #factored = Number.NaN;

  constructor(stepper: StageStepper, tableau: ButcherTableau, weightsOf: (y: Float64Array) => Float64Array) {
    super(stepper, tableau.b.length, weightsOf);
    const { system } = stepper;
    this.#tableau = tableau;
    this.#rows = tableau.a.map((row, i) => stageTerms(row, i));
    this.#weights = stageTerms(tableau.b);
    this.#needed = tableau.b.map((b, i) => b !== 0 || tableau.a.some((row, j) => j > i && row[i] !== 0));
    if (!stepper.explicit) {
      const jac = system.newJacobian();
      this.#implicit = { jac, solver: new DirectSolver(jac, system.mass) };
    }
    this.#mu = tableau.b.map(() => this.vector());
    this.#near = new NearSolver(this.n);
  }

  protected readStates(stepper: Stepper, h: number, out: readonly Float64Array[]): void {
    const { k, y: start } = stepper as StageStepper;
    this.#tableau.a.forEach((row, i) => {
      const stage = out[i]!;
      for (let m = 0; m < stage.length; m++) {
        let sum = 0;
        for (let j = 0; j < k.length; j++) sum += row[j]! * k[j]![m]!;
        stage[m] = start[m]! + h * sum;
      }
    });
  }

  pullback({ t, h, states }: RecordedStep, lambda: Float64Array, gradP: Float64Array): void {
    const n = this.n;
    const { a, b, c } = this.#tableau;
    const mu = this.#mu;
    const kappa = this.#kappa;
    const s = mu.length;
    for (let i = s - 1; i >= 0; i--) {
      const gamma = a[i]![i]!;
      for (let m = 0; m < n; m++) {
        let sum = b[i]! * lambda[m]!;
        for (let j = i + 1; j < s; j++) sum += a[j]![i]! * mu[j]![m]!;
        kappa[m] = h * sum;
      }
      const mui = mu[i]!.fill(0);
      if (kappa.every((x) => x === 0)) continue;
      const ti = t + c[i]! * h;
      if (gamma !== 0) this.#solveTransposed(ti, states[i]!, h * gamma, kappa);
      this.derivatives.pullback(ti, states[i]!, kappa, mui, gradP);
    }
    for (const mui of mu) for (let m = 0; m < n; m++) lambda[m] = lambda[m]! + mui[m]!;
  }

  pushforward({ t, h, states }: RecordedStep, tangents: Tangents): void {
    const { derivatives } = this;
    const { a, c } = this.#tableau;
    this.#work ??= tangentWork(tangents, this.n, a.length);
    const { argument, all, blocks } = this.#work;
    for (let i = 0; i < blocks.length; i++) {
      if (!this.#needed[i]) continue;
      const block = blocks[i]!;
      const gamma = a[i]![i]!;
      const ti = t + c[i]! * h;
      const jac = derivatives.jacobian(ti, states[i]!, this.#implicit?.jac);
      const byParameter = derivatives.parameterJacobian(ti, states[i]!);
      combine(argument.all, tangents.all, h, this.#rows[i]!, all);
      block.all.fill(0);
      addTangentSlopes(jac, byParameter, tangents, argument, block);
      if (gamma === 0) continue;
      this.#factor(h * gamma);
      const inverse = 1 / (h * gamma);
      for (let m = 0; m < block.all.length; m++) block.all[m] = block.all[m]! * inverse;
      for (const slope of block.each) this.#implicit!.solver.solve(slope);
      derivatives.system.stats.solves += block.each.length;
    }
    combine(tangents.all, tangents.all, h, this.#weights, all);
  }

  /** v becomes (I - hg J)^-T v. With a pullback of the problem's own, products with J^T are exact and cheap:
   *  a factorisation from an earlier stage then only has to be near. */
  #solveTransposed(t: number, y: Float64Array, hg: number, v: Float64Array): void {
    const { derivatives } = this;
    const { stats, problem } = derivatives.system;
    const solve = (r: Float64Array) => {
      for (let m = 0; m < r.length; m++) r[m] = r[m]! / hg;
      this.#implicit!.solver.solveTransposed(r);
      stats.solves++;
    };
    const subtract = (x: Float64Array, r: Float64Array) => {
      const back = this.#back.fill(0);
      derivatives.pullback(t, y, x, back, derivatives.unused);
      for (let m = 0; m < r.length; m++) r[m] = r[m]! - x[m]! + hg * back[m]!;
    };
    const factor = (anew: boolean) => {
      if (anew) derivatives.jacobian(t, y, this.#implicit!.jac);
      if (anew || hg !== this.#factored) this.#factor(hg);
    };
    this.#near.solve(v, problem.pullback && subtract, factor, solve);
  }

  #factor(hg: number): void {
    this.derivatives.system.stats.factorisations++;
    this.#implicit!.solver.factor(1 / hg);
    this.#factored = hg;
  }
}
