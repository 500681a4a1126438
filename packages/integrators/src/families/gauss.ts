import type { GaussSolver } from "../solvers/solver.ts";
import { doubledUnlessEmbedded } from "../steppers/doubling.ts";
import { GaussStepper } from "../steppers/gauss.ts";
import type { ButcherTableau } from "../tableau/butcher.ts";
import { rungeKuttaTraits } from "./runge-kutta-traits.ts";

/** Two-stage collocation whose Butcher matrix has a pair of complex eigenvalues, from its coefficients. */
export function gaussSolver(name: string, given: ButcherTableau): GaussSolver {
  const traits = rungeKuttaTraits(name, "A", given);
  const { tableau } = traits;
  return Object.freeze<GaussSolver>({
    ...traits,
    kind: "gauss",
    createStepper: doubledUnlessEmbedded(
      traits,
      (system, settings) => new GaussStepper(name, tableau, system, settings),
    ),
  });
}
