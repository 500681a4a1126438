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
  #views: readonly Float64Array[] = [];
  #viewed: Float64Array | undefined;
  readonly #weightsOf: (y: Float64Array) => Float64Array;

  /** @param stages states that are kept of a step */
  constructor(stepper: S, stages: number, weightsOf: (y: Float64Array) => Float64Array) {
    this.stepper = stepper;
    this.n = stepper.system.n;
    this.width = stages * this.n;
    this.derivatives = new FieldDerivatives(stepper.system);
    this.#weightsOf = weightsOf;
  }

  /** What is kept i-th of a step, at the beginning of `stages`. A view costs more than a small step's
   *  arithmetic: they are made once. */
  protected stageOf(stages: Float64Array, i: number): Float64Array {
    if (this.#viewed !== stages) {
      const { n } = this;
      this.#viewed = stages;
      this.#views = Array.from({ length: this.width / n }, (_, k) => stages.subarray(k * n, (k + 1) * n));
    }
    return this.#views[i]!;
  }

  abstract read(stepper: Stepper, h: number, stages: Float64Array, offset: number): void;

  /** Afterwards the stepper's own copy of y holds: `y` may be `yNew`. */
  record(
    t: number,
    h: number,
    y: Float64Array,
    yNew: Float64Array,
    stages: Float64Array,
    offset: number,
  ): number {
    const code = repeatStep(this.stepper, t, h, y, yNew, this.#weightsOf(y));
    this.read(this.stepper, h, stages, offset);
    return code;
  }
}
