import { misuse } from "../errors.ts";
import type { MultistepSolver } from "../solvers/solver.ts";
import { MultistepStepper } from "../steppers/multistep.ts";
import { HIGHEST_ORDER } from "../tableau/numerical-differentiation.ts";

/** Numerical differentiation formulas up to an order from 1 to 5. */
export function multistepSolver(name: string, highest: number): MultistepSolver {
  if (!(Number.isInteger(highest) && highest >= 1 && highest <= HIGHEST_ORDER)) {
    throw misuse("bad_option", `${name}: the highest order is ${highest}, expected 1 to ${HIGHEST_ORDER}`);
  }
  return Object.freeze<MultistepSolver>({
    kind: "multistep",
    name,
    order: highest,
    denseDegree: HIGHEST_ORDER,
    trainable: false,
    createStepper: (system, settings) => new MultistepStepper(name, highest, system, settings),
  });
}
