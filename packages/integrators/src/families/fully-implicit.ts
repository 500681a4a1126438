import type { FullyImplicitSolver, Stability } from "../solvers/solver.ts";
import { CollocationStepper } from "../steppers/collocation.ts";
import { doubledUnlessEmbedded } from "../steppers/doubling.ts";
import type { ButcherTableau } from "../tableau/butcher.ts";
import { rungeKuttaTraits } from "./runge-kutta-traits.ts";

/** Collocation with two or three stages from its coefficients.
 *  @param embeddedOrder of the error estimate; without one, steps are doubled */
export function fullyImplicitSolver(
  name: string,
  stability: Stability,
  given: ButcherTableau,
  embeddedOrder?: number,
): FullyImplicitSolver {
  const traits = { ...rungeKuttaTraits(name, stability, given), embeddedOrder };
  return Object.freeze<FullyImplicitSolver>({
    ...traits,
    kind: "fullyImplicit",
    createStepper: doubledUnlessEmbedded(
      traits,
      (system, settings) => new CollocationStepper(name, traits.tableau, system, settings),
    ),
  });
}
