import { power } from "../power.ts";
import { STEP_NEWTON_FAILED, STEP_OK } from "./stepper.ts";

/** No verdict yet: one more iteration. */
export const NEWTON_GOES_ON = -1;

/** When a simplified Newton iteration ends: with the rate theta of its increments, eta = theta / (1 - theta)
 *  times the last one bounds the error that is left, and theta^m what m more iterations could make of it.
 *  @see Hairer and Wanner, Solving Ordinary Differential Equations II, IV.8 */
export class NewtonRule {
  /** The largest rate since it was set to 0. */
  worst = 0;
  readonly #tolerance: number;
  readonly #most: number;
  /** Steps are fixed: no iteration is given up before the last. */
  readonly #patient: boolean;
  #convergence = 1;
  #eta = 1;
  #before = 0;

  constructor(tolerance: number, most: number, patient: boolean) {
    this.#tolerance = tolerance;
    this.#most = most;
    this.#patient = patient;
  }

  /** What the last iteration achieved with this Jacobian bounds the error after the first increment too. */
  begin(): void {
    this.#before = 0;
    this.#eta = this.#patient ? 1 : power(Math.max(this.#convergence, Number.EPSILON), 0.8);
  }

  /** Another Jacobian, within an iteration. */
  renew(): void {
    this.#before = 0;
    this.#eta = 1;
  }

  /** Another Jacobian, before an iteration. */
  forget(): void {
    this.#convergence = 1;
  }

  /** The status after an increment of this size, in the unit of the error weights; `NEWTON_GOES_ON` where
   *  the next decides. */
  judge(size: number, iteration: number): number {
    const before = this.#before;
    if (before > 0) {
      const theta = size / before;
      if (theta > this.worst) this.worst = theta;
      if (theta < 1) this.#eta = theta / (1 - theta);
      else if (size <= 0.1 * this.#tolerance) return STEP_OK;
      else if (!this.#patient) return STEP_NEWTON_FAILED;
      const left = this.#most - iteration;
      if (!this.#patient && left > 0 && this.#eta * power(theta, left - 1) * size > this.#tolerance) {
        return STEP_NEWTON_FAILED;
      }
    }
    this.#convergence = this.#eta;
    this.#before = size;
    return size === 0 || this.#eta * size <= this.#tolerance ? STEP_OK : NEWTON_GOES_ON;
  }
}
