import { STEP_OK, type Stepper } from "../steppers/stepper.ts";
import { FieldDerivatives } from "./field-derivatives.ts";
import type { Tangents } from "./tangents.ts";

/** Record of an accepted step: its start, its size, and the states that its derivative needs. */
export interface RecordedStep {
  t: number;
  h: number;
  readonly states: readonly Float64Array[];
}

export function recordedStep(n: number, states: number): RecordedStep {
  return { t: 0, h: 0, states: Array.from({ length: states }, () => new Float64Array(n)) };
}

/** One accepted step as a differentiable map (y, p) -> y_new, its step size held fixed, with a stepper of its
 *  own that takes each step again. */
export abstract class DifferentiableStep<S extends Stepper = Stepper> {
  /** States kept of a step. */
  readonly states: number;
  readonly derivatives: FieldDerivatives;
  protected readonly stepper: S;
  protected readonly n: number;
  readonly #weightsOf: (y: Float64Array) => Float64Array;

  constructor(stepper: S, states: number, weightsOf: (y: Float64Array) => Float64Array) {
    this.stepper = stepper;
    this.n = stepper.system.n;
    this.states = states;
    this.derivatives = new FieldDerivatives(stepper.system);
    this.#weightsOf = weightsOf;
  }

  /** Takes the step from (t, y) once more and writes what its derivative needs; returns a step code.
   *  `yNew` receives the end, and may be `y`. A stepper that already stands on y keeps its Jacobian;
   *  one whose Newton iteration fails with it gets a new one. */
  record(t: number, h: number, y: Float64Array, yNew: Float64Array, out: RecordedStep): number {
    const { stepper } = this;
    const weights = this.#weightsOf(y);
    stepper.start(t, y, "nearby");
    let code = stepper.attempt(t, h, weights);
    if (code !== STEP_OK) {
      stepper.start(t, y);
      code = stepper.attempt(t, h, weights);
    }
    yNew.set(stepper.yNew);
    this.read(stepper, t, h, out);
    return code;
  }

  /** Records a step that a stepper of this family has just taken and not yet left behind. */
  read(stepper: Stepper, t: number, h: number, out: RecordedStep): void {
    out.t = t;
    out.h = h;
    this.readStates(stepper, h, out.states);
  }

  protected abstract readStates(stepper: Stepper, h: number, out: readonly Float64Array[]): void;

  /** lambda, the cotangent of y_new, becomes that of y; gradP += the parameters' part. */
  abstract pullback(step: RecordedStep, lambda: Float64Array, gradP: Float64Array): void;

  /** The tangents of y become those of y_new: directly after the `record` or `read` of the step, whose
   *  factorisation may serve once more. */
  abstract pushforward(step: RecordedStep, tangents: Tangents): void;

  protected vector(): Float64Array {
    return new Float64Array(this.n);
  }
}
