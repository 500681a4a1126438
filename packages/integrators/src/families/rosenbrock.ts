import type { RosenbrockSolver, Stability } from "../solvers/solver.ts";
import { RosenbrockStepper } from "../steppers/rosenbrock.ts";
import { type RosenbrockTableau, rosenbrockMatrices, rosenbrockTableau } from "../tableau/rosenbrock.ts";

export function rosenbrockSolver(
  name: string,
  stability: Stability,
  given: RosenbrockTableau,
): RosenbrockSolver {
  const tableau = rosenbrockTableau(name, given);
  const { beta, b } = rosenbrockMatrices(tableau);
  return Object.freeze<RosenbrockSolver>({
    kind: "rosenbrock",
    name,
    order: tableau.order,
    embeddedOrder: tableau.embeddedOrder,
    stability,
    denseDegree: tableau.dense.length + 1,
    matrices: { a: beta, b },
    tableau,
    trainable: true,
    createStepper: (system, settings) => new RosenbrockStepper(name, tableau, system, settings),
  });
}
