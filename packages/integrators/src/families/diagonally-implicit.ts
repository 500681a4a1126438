import type { DiagonallyImplicitSolver, Stability } from "../solvers/solver.ts";
import { DirkStepper } from "../steppers/dirk.ts";
import { doubledUnlessEmbedded } from "../steppers/doubling.ts";
import type { ButcherTableau } from "../tableau/butcher.ts";
import { rungeKuttaTraits } from "./runge-kutta-traits.ts";

/** A diagonally implicit Runge-Kutta method from its coefficients. */
export function diagonallyImplicitSolver(
  name: string,
  stability: Stability,
  given: ButcherTableau,
): DiagonallyImplicitSolver {
  const traits = rungeKuttaTraits(name, stability, given);
  const { tableau } = traits;
  return Object.freeze<DiagonallyImplicitSolver>({
    ...traits,
    kind: "diagonallyImplicit",
    createStepper: doubledUnlessEmbedded(
      traits,
      (system, settings) => new DirkStepper(name, tableau, system, settings),
    ),
  });
}
