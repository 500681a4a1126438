import type { OneStepSolver, Stability } from "../solvers/solver.ts";
import { type ButcherTableau, butcherTableau, estimateOrder } from "../tableau/butcher.ts";

type Traits = Pick<
  OneStepSolver,
  "name" | "order" | "embeddedOrder" | "stability" | "denseDegree" | "matrices" | "trainable"
>;

/** Traits of a Runge-Kutta method, derived from its checked Butcher tableau. */
export function rungeKuttaTraits(
  name: string,
  stability: Stability,
  given: ButcherTableau,
): Traits & { readonly tableau: ButcherTableau } {
  const tableau = butcherTableau(name, given);
  return {
    name,
    order: tableau.order,
    embeddedOrder: tableau.embedded && estimateOrder(tableau.embedded),
    stability,
    denseDegree: Math.max(...tableau.dense.weights.map((row) => row.length)),
    matrices: { a: tableau.a, b: tableau.b },
    trainable: true,
    tableau,
  };
}
