import { DenseLu } from "../direct/dense-lu.ts";
import type { Matrix } from "../matrix/matrix.ts";
import { STEP_OK, type Stepper } from "../steppers/stepper.ts";
import type { ButcherTableau } from "../tableau/butcher.ts";
import { DifferentiableStep, type RecordedStep } from "./differentiable-step.ts";
import { NearSolver } from "./iterative-refinement.ts";
import { addTangentSlopes, type Tangents, type TangentWork, tangentWork } from "./tangents.ts";

export type CollocationStepper = Stepper & { readonly z: readonly Float64Array[] };

/** Derivatives of fully implicit Runge-Kutta steps. The stages' Jacobians differ, so the system does not
 *  split. The cotangents solve one dense system of s n unknowns, kappa_i - h sum_j a_ji J_j^T kappa_j = h b_i
 *  lambda. The tangents solve its transpose. */
export class CollocationStep extends DifferentiableStep<CollocationStepper> {
  readonly #tableau: ButcherTableau;
  readonly #size: number;
  readonly #lu: DenseLu;
  readonly #matrix: Float64Array;
  readonly #kappa: Float64Array;
  readonly #jacs: readonly Matrix[];
  readonly #near: NearSolver;
  readonly #back = this.vector();
  #work: TangentWork | undefined;
  #factored = Number.NaN;

  constructor(
    stepper: CollocationStepper,
    tableau: ButcherTableau,
    weightsOf: (y: Float64Array) => Float64Array,
  ) {
    super(stepper, tableau.b.length, weightsOf);
    const size = tableau.b.length * this.n;
    this.#tableau = tableau;
    this.#size = size;
    this.#lu = new DenseLu(size);
    this.#matrix = new Float64Array(size * size);
    this.#kappa = new Float64Array(size);
    this.#jacs = tableau.b.map(() => stepper.system.newJacobian());
    this.#near = new NearSolver(size);
  }

  /** Accepts the step, because its collocation polynomial predicts the next step. */
  override record(...step: Parameters<DifferentiableStep["record"]>): number {
    const code = super.record(...step);
    if (code === STEP_OK) this.stepper.accept();
    return code;
  }

  protected readStates(stepper: Stepper, _h: number, out: readonly Float64Array[]): void {
    const { y: start, z: increments } = stepper as CollocationStepper;
    increments.forEach((z, i) => {
      for (let m = 0; m < z.length; m++) out[i]![m] = start[m]! + z[m]!;
    });
  }

  #linearise({ t, h, states }: RecordedStep): void {
    this.#tableau.c.forEach((c, j) => {
      this.derivatives.jacobian(t + c * h, states[j]!, this.#jacs[j]!);
    });
  }

  /** Factorises the matrix of the slopes' tangents: block (j, i) is delta_ji I - h a_ji J_j. */
  #factor(h: number): void {
    const n = this.n;
    const { a, c } = this.#tableau;
    const size = this.#size;
    const matrix = this.#matrix.fill(0);
    for (let j = 0; j < c.length; j++) {
      const jac = this.#jacs[j]!;
      jac.forEachEntry((row, col, at) => {
        const entry = -h * jac.values[at]!;
        // Equation j of the slopes is k_j = f(t_j, y + h sum_i a_ji k_i).
        for (let i = 0; i < c.length; i++) matrix[j * n + row + size * (i * n + col)] = a[j]![i]! * entry;
      });
    }
    this.derivatives.system.stats.factorisations++;
    for (let d = 0; d < matrix.length; d += size + 1) matrix[d] = matrix[d]! + 1;
    this.#lu.factor(matrix);
    this.#factored = h;
  }

  /** kappa becomes the solution of kappa_i - h sum_j a_ji J_j^T kappa_j = kappa_i. With a pullback of the
   *  problem's own, a factorisation from an earlier step only has to be near. */
  #solveTransposed(step: RecordedStep, kappa: Float64Array): void {
    const { t, h, states } = step;
    const n = this.n;
    const { a, c } = this.#tableau;
    const { derivatives } = this;
    const { stats, problem } = derivatives.system;
    const solve = (r: Float64Array) => {
      this.#lu.solveTransposed(r);
      stats.solves++;
    };
    const subtract = (x: Float64Array, r: Float64Array) => {
      for (let i = 0; i < r.length; i++) r[i] = r[i]! - x[i]!;
      c.forEach((cj, j) => {
        const back = this.#back.fill(0);
        const part = x.subarray(j * n, (j + 1) * n);
        derivatives.pullback(t + cj * h, states[j]!, part, back, derivatives.unused);
        for (let i = 0; i < c.length; i++) {
          const factor = h * a[j]![i]!;
          for (let m = 0; m < n; m++) r[i * n + m] = r[i * n + m]! + factor * back[m]!;
        }
      });
    };
    const factor = (anew: boolean) => {
      if (anew) this.#linearise(step);
      if (anew || h !== this.#factored) this.#factor(h);
    };
    this.#near.solve(kappa, problem.pullback && subtract, factor, solve);
  }

  pullback(step: RecordedStep, lambda: Float64Array, gradP: Float64Array): void {
    const n = this.n;
    const { t, h, states } = step;
    const { b, c } = this.#tableau;
    const kappa = this.#kappa;
    for (let i = 0; i < b.length; i++) {
      for (let m = 0; m < n; m++) kappa[i * n + m] = h * b[i]! * lambda[m]!;
    }
    this.#solveTransposed(step, kappa);
    for (let i = 0; i < b.length; i++) {
      const part = kappa.subarray(i * n, (i + 1) * n);
      this.derivatives.pullback(t + c[i]! * h, states[i]!, part, lambda, gradP);
    }
  }

  pushforward(step: RecordedStep, tangents: Tangents): void {
    const n = this.n;
    const { t, h, states } = step;
    const { b, c } = this.#tableau;
    const { derivatives } = this;
    this.#linearise(step);
    this.#factor(h);
    this.#work ??= tangentWork(tangents, n, b.length);
    const { blocks } = this.#work;
    for (let i = 0; i < c.length; i++) {
      const byParameter = derivatives.parameterJacobian(t + c[i]! * h, states[i]!);
      const block = blocks[i]!;
      block.all.fill(0);
      addTangentSlopes(this.#jacs[i]!, byParameter, tangents, tangents, block);
    }
    const slopes = this.#kappa;
    tangents.each.forEach((tangent, d) => {
      for (let i = 0; i < b.length; i++) slopes.set(blocks[i]!.each[d]!, i * n);
      this.#lu.solve(slopes);
      for (let i = 0; i < b.length; i++) {
        for (let m = 0; m < n; m++) tangent[m] = tangent[m]! + h * b[i]! * slopes[i * n + m]!;
      }
    });
    derivatives.system.stats.solves += tangents.each.length;
  }
}
