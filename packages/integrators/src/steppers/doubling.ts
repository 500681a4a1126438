import type { System } from "../system.ts";
import { STEP_OK, type Start, type Stepper } from "./stepper.ts";

/** Error estimates for methods without one. Compares a step of h with two of h / 2, and keeps the two. The
 *  difference over 2^order - 1 estimates the error of the two (Richardson). */
export class DoublingStepper implements Stepper {
  readonly system: System;
  readonly solverName: string;
  readonly error: Float64Array;
  readonly errorOrder: number;
  readonly degree: number;
  readonly segments: number = 2;
  readonly maxIterations: number;
  readonly explicit: boolean;
  iterations = 0;
  readonly #coarse: Stepper;
  readonly #fine: Stepper;
  readonly #firstHalf: Float64Array;
  readonly #divisor: number;
  #t = 0;
  #h = 0;
  /** The fine stepper stands half a step ahead of the state, or on a state that was refused. */
  #ahead = false;

  constructor(create: () => Stepper, order: number) {
    const fine = create();
    this.#coarse = create();
    this.#fine = fine;
    this.system = fine.system;
    this.solverName = fine.solverName;
    this.errorOrder = order;
    this.#divisor = 2 ** order - 1;
    this.degree = fine.degree;
    this.maxIterations = fine.maxIterations;
    this.explicit = fine.explicit;
    this.error = new Float64Array(fine.y.length);
    this.#firstHalf = new Float64Array(fine.y.length * (fine.degree + 1));
  }

  get active(): Stepper {
    return this;
  }

  get y(): Float64Array {
    return this.#coarse.y;
  }

  get yNew(): Float64Array {
    return this.#fine.yNew;
  }

  start(t: number, y: Float64Array, how: Start = "anew"): void {
    this.#coarse.start(t, y, how);
    this.#fine.start(t, y, how);
    this.#ahead = false;
  }

  slope(t: number): Float64Array {
    return this.#coarse.slope(t);
  }

  attempt(t: number, h: number, weights: Float64Array): number {
    const coarse = this.#coarse;
    const fine = this.#fine;
    const { error } = this;
    this.#t = t;
    this.#h = h;
    if (this.#ahead) fine.start(t, coarse.y, "nearby");
    this.#ahead = false;
    let code = coarse.attempt(t, h, weights);
    this.iterations = coarse.iterations;
    if (code !== STEP_OK) return code;
    code = fine.attempt(t, h / 2, weights);
    if (code !== STEP_OK) return code;
    fine.polynomial(this.#firstHalf, 0, 0);
    fine.accept();
    this.#ahead = true;
    code = fine.attempt(t + h / 2, h / 2, weights);
    if (code !== STEP_OK) return code;
    for (let i = 0; i < error.length; i++) {
      error[i] = (fine.yNew[i]! - coarse.yNew[i]!) / this.#divisor;
    }
    return STEP_OK;
  }

  accept(): void {
    this.#fine.accept();
    this.#coarse.start(this.#t + this.#h, this.#fine.y, "nearby");
    this.#ahead = false;
  }

  reject(): void {}

  moved(): void {
    const { y } = this.#coarse;
    this.#fine.y.set(y);
    this.#coarse.moved();
    this.#fine.moved();
  }

  polynomial(out: Float64Array, offset: number, segment: number): void {
    if (segment === 0) out.set(this.#firstHalf, offset);
    else this.#fine.polynomial(out, offset, 0);
  }

  rate(): number {
    return this.#fine.rate();
  }
}
