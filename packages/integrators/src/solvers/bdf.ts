import { multistepSolver } from "../families/multistep.ts";
import type { MultistepSolver } from "./solver.ts";

/** Backward differentiation with orders 1 to 5 and steps of its own choice (the formulas of `ode15s` and
 *  SciPy's BDF): about two evaluations a step, Jacobians and factorisations seldom. For expensive
 *  right-hand sides and large stiff systems; oscillations that are not damped are for other methods. */
export const bdf: MultistepSolver = multistepSolver("bdf", 5);

/** `bdf` with no order above this: 2 is A-stable. */
export function bdfUpTo(order: number): MultistepSolver {
  return multistepSolver(`bdf${order}`, order);
}
