import type { Stepper } from "../steppers/stepper.ts";

/** So many tolerances of rounding end a run: what is estimated may be several times what there is. */
const LIMIT = 10;

/** Watches the rounding if an absolute tolerance is below the rounding of the largest component. */
export class RoundingWatch {
  readonly #smallestAtol: number;
  #largest = 0;

  constructor(atol: Float64Array) {
    let smallest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < atol.length; i++) smallest = Math.min(smallest, atol[i]!);
    this.#smallestAtol = smallest;
  }

  restart(): void {
    this.#largest = 0;
  }

  /** Whether rounding outweighs the tolerances after a step of h that is kept; `size` is its largest
   *  component. */
  dominates(stepper: Stepper, h: number, weights: Float64Array, size: number): boolean {
    this.#largest = Math.max(this.#largest, size);
    if (this.#smallestAtol >= Number.EPSILON * this.#largest) return false;
    return (stepper.rounding?.(h, weights) ?? 0) > LIMIT;
  }
}
