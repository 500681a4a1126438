import type { Solver } from "../solvers/solver.ts";
import type { AnyStepper } from "../steppers/stepper.ts";
import { realStabilityLimit } from "../tableau/stability.ts";

/** First step that is checked, distance between checks, and number of findings in a row. */
const FIRST = 1000;
const EVERY = 50;
const FINDINGS = 15;

/** Sees an explicit method creep at its stability limit: |h| times the spectral radius, by one evaluation of
 *  f in 50 steps.
 *  @see Hairer and Wanner II, IV.2 */
export class StiffnessWatch {
  /** Stability bounds the step. */
  found = false;
  readonly #stepper: AnyStepper;
  readonly #limit: number;
  #steps = 0;
  #count = 0;

  constructor(stepper: AnyStepper, solver: Solver) {
    this.#stepper = stepper;
    this.#limit = solver.kind === "explicit" ? realStabilityLimit(solver.matrices) : Number.POSITIVE_INFINITY;
  }

  examine(h: number): void {
    if (this.#limit === Number.POSITIVE_INFINITY) return;
    if (++this.#steps < FIRST || this.#steps % EVERY !== 0) return;
    const { active } = this.#stepper;
    const size = Math.abs(h / active.segments) * active.rate();
    this.#count = size > 0.7 * this.#limit ? this.#count + 1 : 0;
    this.found = this.#count >= FINDINGS;
  }
}
