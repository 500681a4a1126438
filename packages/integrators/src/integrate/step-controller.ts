import { power } from "../power.ts";
import type { Stepper } from "../steppers/stepper.ts";

const SAFETY = 0.9;
const SMALLEST_FACTOR = 0.2;
const LARGEST_FACTOR = 8;

/** Chooses step sizes from error norms. Explicit methods get a PI controller (Hairer and Wanner II, IV.2),
 *  implicit ones Gustafsson's predictive controller with a safety factor that falls with the number of Newton
 *  iterations (IV.8). */
export class StepController {
  #errorBefore = 0;
  #stepBefore = 0;
  #refused = false;

  /** The factor for the step after one that is kept, err <= 1. */
  accepted(stepper: Stepper, err: number, h: number): number {
    const exponent = 1 / (stepper.errorOrder + 1);
    const error = Math.max(err, 1e-10);
    let factor: number;
    if (stepper.explicit) {
      const beta = 0.2 * exponent;
      factor = SAFETY * power(error, 0.75 * beta - exponent);
      if (this.#errorBefore > 0) factor *= power(this.#errorBefore, beta);
      this.#errorBefore = Math.max(err, 1e-4);
    } else {
      const safety = this.#safety(stepper);
      factor = safety * power(error, -exponent);
      if (this.#errorBefore > 0 && this.#stepBefore !== 0) {
        const predicted =
          safety *
          (h / this.#stepBefore) *
          power(this.#errorBefore / error, exponent) *
          power(error, -exponent);
        factor = Math.min(factor, predicted);
      }
      this.#errorBefore = Math.max(err, 1e-2);
      this.#stepBefore = h;
    }
    factor = Math.min(LARGEST_FACTOR, Math.max(SMALLEST_FACTOR, factor));
    if (this.#refused) factor = Math.min(1, factor);
    this.#refused = false;
    if (stepper.maxIterations > 0 && factor >= 1 && factor <= 1.2) return 1;
    return factor;
  }

  /** The factor for another try of a step whose err > 1. */
  refused(stepper: Stepper, err: number): number {
    this.#refused = true;
    const exponent = 1 / (stepper.errorOrder + 1);
    return Math.max(0.1, Math.min(0.9, this.#safety(stepper) * power(err, -exponent)));
  }

  /** The factor after a failed Newton iteration or a value that is not finite. */
  failed(nonFinite: boolean): number {
    this.#refused = true;
    return nonFinite ? 0.25 : 0.5;
  }

  #safety(stepper: Stepper): number {
    const most = stepper.maxIterations;
    return most === 0 ? SAFETY : (SAFETY * (2 * most + 1)) / (2 * most + stepper.iterations);
  }
}
