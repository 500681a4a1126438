import type { Linearisation } from "../jacobian/linearisation.ts";
import { power } from "../power.ts";
import type { System } from "../system.ts";
import { JacobianKeeper } from "./jacobian-keeper.ts";
import { StateStepper } from "./state-stepper.ts";
import {
  STEP_NEWTON_FAILED,
  STEP_NON_FINITE,
  STEP_OK,
  STEP_SINGULAR,
  type Start,
  type StepperSettings,
} from "./stepper.ts";

/** With fixed steps: the most iterations, and how many of them share a Jacobian. */
const PATIENT_ITERATIONS = 60;
const PATIENT_REFRESH = 4;

/** Returned by an increment whose linear system was not solved. */
export const UNSOLVED = -1;

/** Constants of the iteration that differ between families. */
export interface NewtonConstants {
  /** The most iterations of an adaptive step. */
  readonly iterations: number;
  /** A Jacobian is kept as long as increments shrink by at least this. */
  readonly slow: number;
  /** A first increment alone is trusted to have left at least this part of itself. */
  readonly leastLeft?: number;
}

/** Steps that are found by a simplified Newton iteration. A family of methods supplies the
 *  factorisations, the increment and its norm. This class decides whether the iteration continues and
 *  when a new Jacobian is taken. The increments shrink at the rate theta. The error is then at most eta
 *  = theta / (1 - theta) times the last increment. m more iterations would shrink it by theta^m.
 *  @see Hairer and Wanner, Solving Ordinary Differential Equations II, IV.8 */
export abstract class ImplicitStepper extends StateStepper {
  override readonly maxIterations: number;
  override readonly explicit: boolean = false;
  protected readonly keeper: JacobianKeeper;
  /** Newton stops when its error is this fraction of the error weights. */
  protected readonly tolerance: number;
  /** Steps are fixed: a slow iteration gets new Jacobians instead of a smaller step. */
  protected readonly patient: boolean;
  /** The step at hand. */
  protected t = 0;
  protected h = 0;
  protected weights: Float64Array = new Float64Array(0);
  readonly #slow: number;
  readonly #leastLeft: number;
  /** The largest rate in the step at hand. */
  #worst = 0;
  /** Remaining share of an increment after the last iteration with this Jacobian. */
  #left = 1;

  constructor(
    name: string,
    system: System,
    { newtonTolerance, adaptive }: StepperSettings,
    linearisation: Linearisation,
    { iterations, slow, leastLeft = Number.EPSILON }: NewtonConstants,
  ) {
    super(name, system);
    this.keeper = new JacobianKeeper(linearisation);
    this.tolerance = newtonTolerance;
    this.patient = !adaptive;
    this.maxIterations = adaptive ? iterations : PATIENT_ITERATIONS;
    this.#slow = slow;
    this.#leastLeft = leastLeft;
  }

  /** Makes the factorisations for the step and the Jacobian at hand. False when one is singular. */
  protected abstract factor(): boolean;

  /** Adds one increment to the unknowns: its size in the unit of the error weights, or `UNSOLVED`. */
  protected abstract increment(): number;

  /** Takes a Jacobian at the unknowns as they are, within an iteration. False when it is not finite. */
  protected abstract refresh(): boolean;

  override start(t: number, y: Float64Array, how: Start = "anew"): void {
    super.start(t, y, how);
    this.keeper.fresh = false;
    if (how === "nearby") return;
    this.keeper.wanted = true;
    this.forgetRate();
  }

  /** Newton has to show again how well it converges. */
  protected forgetRate(): void {
    this.#left = 1;
  }

  protected begin(t: number, h: number, weights: Float64Array): void {
    this.t = t;
    this.h = h;
    this.weights = weights;
  }

  /** Calls `solve` with a Jacobian of `y` and its factorisations; once more with a new Jacobian if it fails
   *  with one from an earlier state. */
  protected converge(t: number, y: Float64Array, solve: () => number, slope?: Float64Array): number {
    const { keeper } = this;
    for (;;) {
      if (!keeper.ensure(t, y, this.weights, this.h, slope)) return STEP_NON_FINITE;
      if (!this.factor()) return STEP_SINGULAR;
      this.iterations = 0;
      this.#worst = 0;
      const code = solve();
      if (code === STEP_OK || this.patient || this.isCurrent()) return code;
      keeper.wanted = !keeper.fresh;
      this.forgetRate();
    }
  }

  /** Whether neither Jacobian nor factorisation is from an earlier step. */
  protected isCurrent(): boolean {
    return this.keeper.fresh;
  }

  /** Increments until the error is below the tolerance. */
  protected iterate(): number {
    const { maxIterations, patient, tolerance } = this;
    let before = 0;
    // The last iteration's rate with this Jacobian also bounds the error after the first increment.
    let eta = patient ? 1 : power(Math.max(this.#left, Number.EPSILON), 0.8);
    eta = Math.max(this.#leastLeft, eta);
    for (let iteration = 1; iteration <= maxIterations; iteration++) {
      if (this.iterations < iteration) this.iterations = iteration;
      const size = this.increment();
      if (size === UNSOLVED) return STEP_NEWTON_FAILED;
      if (!(size < Number.POSITIVE_INFINITY)) return STEP_NON_FINITE;
      if (before > 0) {
        const theta = size / before;
        if (theta > this.#worst) this.#worst = theta;
        if (theta < 1) eta = theta / (1 - theta);
        else if (size <= 0.1 * tolerance) return STEP_OK;
        else if (!patient) return STEP_NEWTON_FAILED;
        const more = maxIterations - iteration;
        if (!patient && more > 0 && eta * power(theta, more - 1) * size > tolerance) {
          return STEP_NEWTON_FAILED;
        }
      }
      this.#left = eta;
      if (size === 0 || eta * size <= tolerance) return STEP_OK;
      before = size;
      if (patient && iteration % PATIENT_REFRESH === 0) {
        if (!this.refresh()) return STEP_NON_FINITE;
        if (!this.factor()) return STEP_SINGULAR;
        before = 0;
        eta = 1;
      }
    }
    return STEP_NEWTON_FAILED;
  }

  protected override exchange(): void {
    super.exchange();
    this.keeper.moved(this.#worst > this.#slow);
  }

  rate(): number {
    return this.keeper.rate();
  }
}
