import { STEP_OK, type Stepper } from "../steppers/stepper.ts";
import { FieldDerivatives } from "./field-derivatives.ts";
import type { Tangents } from "./tangents.ts";

/** One accepted step as a differentiable map (y, p) -> y_new, its step size held fixed, with a stepper of its
 *  own that takes each step again. `stages` is what `record` wrote. */
export abstract class DifferentiableStep<S extends Stepper = Stepper> {
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

  /** Repeats the step from (t, y) and writes what its derivative needs at `offset`; returns a step code.
   *  `yNew` receives the end, and may be `y`. A stepper that already stands on y keeps its Jacobian; one
   *  whose Newton iteration fails with it gets a new one. */
  record(
    t: number,
    h: number,
    y: Float64Array,
    yNew: Float64Array,
    stages: Float64Array,
    offset: number,
  ): number {
    const { stepper } = this;
    const weights = this.#weightsOf(y);
    stepper.start(t, y, "nearby");
    let code = stepper.attempt(t, h, weights);
    if (code !== STEP_OK) {
      stepper.start(t, y);
      code = stepper.attempt(t, h, weights);
    }
    yNew.set(stepper.yNew);
    this.read(stepper, h, stages, offset);
    return code;
  }

  /** What `record` writes, of a step that a stepper of this family has just taken and not yet left behind. */
  abstract read(stepper: Stepper, h: number, stages: Float64Array, offset: number): void;

  /** lambda, the cotangent of y_new, becomes that of y; gradP += the parameters' part. */
  abstract pullback(
    t: number,
    h: number,
    stages: Float64Array,
    offset: number,
    lambda: Float64Array,
    gradP: Float64Array,
  ): void;

  /** The tangents of y become those of y_new: directly after the `record` or `read` of the step, whose
   *  factorisation may serve once more. */
  abstract pushforward(t: number, h: number, stages: Float64Array, tangents: Tangents): void;
}
