import type { Stepper } from "../steppers/stepper.ts";
import { FieldDerivatives } from "./field-derivatives.ts";
import { repeatStep } from "./repeat-step.ts";

/** What the derivatives of all families begin with: a stepper of their own that takes each step again. */
export abstract class RecordedStep<S extends Stepper> {
  /** Numbers kept for a step. */
  readonly width: number;
  readonly derivatives: FieldDerivatives;
  protected readonly stepper: S;
  protected readonly n: number;
  readonly #weightsOf: (y: Float64Array) => Float64Array;

  /** @param stages states that are kept of a step */
  constructor(stepper: S, stages: number, weightsOf: (y: Float64Array) => Float64Array) {
    this.stepper = stepper;
    this.n = stepper.system.n;
    this.width = stages * this.n;
    this.derivatives = new FieldDerivatives(stepper.system);
    this.#weightsOf = weightsOf;
  }

  /** Afterwards the stepper's own copy of y holds: `y` may be `yNew`. */
  protected repeat(t: number, h: number, y: Float64Array, yNew: Float64Array): number {
    return repeatStep(this.stepper, t, h, y, yNew, this.#weightsOf(y));
  }
}
