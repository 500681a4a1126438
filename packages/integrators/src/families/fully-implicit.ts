import type { FullyImplicitSolver, Stability } from "../solvers/solver.ts";
import { RadauStepper } from "../steppers/radau.ts";
import type { ButcherTableau } from "../tableau/butcher.ts";
import { collocationTableau } from "../tableau/collocation.ts";
import { rungeKuttaTraits } from "./runge-kutta-traits.ts";

/** Three-stage collocation from its coefficients; the error estimate is of order 3. */
export function fullyImplicitSolver(
  name: string,
  stability: Stability,
  given: ButcherTableau,
): FullyImplicitSolver {
  const traits = rungeKuttaTraits(name, stability, given);
  return Object.freeze<FullyImplicitSolver>({
    ...traits,
    kind: "fullyImplicit",
    embeddedOrder: 3,
    createStepper: (system, settings) =>
      new RadauStepper(name, collocationTableau(traits.tableau), system, settings),
  });
}
