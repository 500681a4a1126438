import type { DiagonallyImplicitSolver, Stability } from "../solvers/solver.ts";
import { DirkStepper } from "../steppers/dirk.ts";
import type { ButcherTableau } from "../tableau/butcher.ts";
import { rungeKuttaSolver } from "./runge-kutta.ts";

export function diagonallyImplicitSolver(
  name: string,
  stability: Stability,
  tableau: ButcherTableau,
): DiagonallyImplicitSolver {
  return rungeKuttaSolver("diagonallyImplicit", DirkStepper, name, stability, tableau);
}
