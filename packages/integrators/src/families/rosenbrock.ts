import type { RosenbrockSolver, Stability } from "../solvers/solver.ts";
import { RosenbrockStepper } from "../steppers/rosenbrock.ts";
import { type RosenbrockTableau, rosenbrockMatrices } from "../tableau/rosenbrock.ts";

export function rosenbrockSolver(
  name: string,
  stability: Stability,
  tableau: RosenbrockTableau,
): RosenbrockSolver {
  return Object.freeze<RosenbrockSolver>({
    kind: "rosenbrock",
    name,
    order: tableau.order,
    embeddedOrder: tableau.embeddedOrder,
    stability,
    denseDegree: tableau.dense.length + 1,
    matrices: rosenbrockMatrices(tableau),
    tableau,
    trainable: true,
    createStepper: (system, settings) => new RosenbrockStepper(name, tableau, system, settings),
  });
}
