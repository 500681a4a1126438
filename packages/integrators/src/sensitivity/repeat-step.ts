import { STEP_OK, type Stepper } from "../steppers/stepper.ts";

/** Takes one step of h from (t, y) with a stepper of its own history, and writes its end to `yNew`. A stepper
 *  that already stands on y keeps its Jacobian; one whose Newton iteration fails with it gets a new one. */
export function repeatStep(
  stepper: Stepper,
  t: number,
  h: number,
  y: Float64Array,
  yNew: Float64Array,
  weights: Float64Array,
): number {
  stepper.start(t, y, "nearby");
  let code = stepper.attempt(t, h, weights);
  if (code !== STEP_OK) {
    stepper.start(t, y);
    code = stepper.attempt(t, h, weights);
  }
  yNew.set(stepper.yNew);
  return code;
}
