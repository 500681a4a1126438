import type { ExplicitSolver } from "../solvers/solver.ts";
import { doubledUnlessEmbedded } from "../steppers/doubling.ts";
import { ExplicitStepper } from "../steppers/explicit.ts";
import type { ButcherTableau } from "../tableau/butcher.ts";
import { rungeKuttaTraits } from "./runge-kutta-traits.ts";

/** An explicit Runge-Kutta method from its coefficients. */
export function explicitSolver(name: string, given: ButcherTableau): ExplicitSolver {
  const traits = rungeKuttaTraits(name, "conditional", given);
  const { tableau } = traits;
  return Object.freeze<ExplicitSolver>({
    ...traits,
    kind: "explicit",
    createStepper: doubledUnlessEmbedded(
      traits,
      (system, settings) => new ExplicitStepper(name, tableau, system, settings),
    ),
  });
}
