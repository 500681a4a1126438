import type { Stepper } from "../steppers/stepper.ts";
import type { FieldDerivatives } from "./field-derivatives.ts";
import type { Tangents } from "./tangents.ts";

/** One accepted step as a differentiable map (y, p) -> y_new, its step size held fixed. `stages` is what
 *  `record` wrote. */
export interface DifferentiableStep {
  /** Numbers kept for a step. */
  readonly width: number;
  /** Repeats the step from (t, y) and writes what its derivative needs at `offset`; returns a step code.
   *  `yNew` receives the end. */
  record(
    t: number,
    h: number,
    y: Float64Array,
    yNew: Float64Array,
    stages: Float64Array,
    offset: number,
  ): number;
  /** The same of a step that a stepper of this family has just taken and not yet left behind. */
  read(stepper: Stepper, h: number, stages: Float64Array, offset: number): void;
  /** lambda, the cotangent of y_new, becomes that of y; gradP += the parameters' part. */
  pullback(
    t: number,
    h: number,
    stages: Float64Array,
    offset: number,
    lambda: Float64Array,
    gradP: Float64Array,
  ): void;
  /** The tangents of y become those of y_new: directly after the `record` or `read` of the step, whose
   *  factorisation may serve once more. */
  pushforward(t: number, h: number, stages: Float64Array, tangents: Tangents): void;
  readonly derivatives: FieldDerivatives;
}
