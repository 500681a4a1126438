import { misuse } from "../errors.ts";
import { MultistepStepper } from "../steppers/multistep.ts";
import { HIGHEST_ORDER } from "../tableau/numerical-differentiation.ts";
import type { MultistepSolver } from "./solver.ts";

function upTo(name: string, order: number): MultistepSolver {
  if (!(Number.isInteger(order) && order >= 1 && order <= HIGHEST_ORDER)) {
    throw misuse("bad_option", `${name}: the highest order is ${order}, expected 1 to ${HIGHEST_ORDER}`);
  }
  return Object.freeze<MultistepSolver>({
    kind: "multistep",
    name,
    order,
    denseDegree: HIGHEST_ORDER,
    trainable: false,
    createStepper: (system, settings) => new MultistepStepper(name, order, system, settings),
  });
}

/** Backward differentiation with orders 1 to 5 and steps of its own choice (the formulas of `ode15s` and
 *  SciPy's BDF): about two evaluations a step, Jacobians and factorisations seldom. For expensive
 *  right-hand sides and large stiff systems; oscillations that are not damped are for other methods. */
export const bdf: MultistepSolver = upTo("bdf", 5);

/** `bdf` with no order above this: 2 is A-stable. */
export function bdfUpTo(order: number): MultistepSolver {
  return upTo(`bdf${order}`, order);
}
