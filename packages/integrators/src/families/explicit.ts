import type { ExplicitSolver } from "../solvers/solver.ts";
import { ExplicitStepper } from "../steppers/explicit.ts";
import type { ButcherTableau } from "../tableau/butcher.ts";
import { rungeKuttaSolver } from "./runge-kutta.ts";

export function explicitSolver(name: string, tableau: ButcherTableau): ExplicitSolver {
  return rungeKuttaSolver("explicit", ExplicitStepper, name, "conditional", tableau);
}
