import type { OneStepSolver, Stability } from "../solvers/solver.ts";
import { DoublingStepper } from "../steppers/doubling.ts";
import type { Stepper, StepperSettings } from "../steppers/stepper.ts";
import type { System } from "../system.ts";
import { type ButcherTableau, estimateOrder, filled } from "../tableau/butcher.ts";

type Family = Exclude<OneStepSolver, { kind: "rosenbrock" }>;

type StepperClass = new (
  name: string,
  tableau: ButcherTableau,
  system: System,
  settings: StepperSettings,
) => Stepper;

/** A Runge-Kutta method from its coefficients. Without an embedded solution, adaptive steps are doubled.
 *  @param embeddedOrder of an error estimate that is not in the tableau */
export function rungeKuttaSolver<Kind extends Family["kind"]>(
  kind: Kind,
  OwnStepper: StepperClass,
  name: string,
  stability: Stability,
  given: ButcherTableau,
  embeddedOrder?: number,
): Extract<Family, { kind: Kind }> {
  const tableau = filled(given);
  const { order, embedded, dense, a, b } = tableau;
  const estimated = embedded ? estimateOrder(embedded) : embeddedOrder;
  const solver = {
    kind,
    name,
    order,
    embeddedOrder: estimated,
    stability,
    denseDegree: Math.max(...dense.weights.map((row) => row.length)),
    matrices: { a, b },
    tableau,
    trainable: true,
    createStepper: (system: System, settings: StepperSettings) => {
      const create = () => new OwnStepper(name, tableau, system, settings);
      return settings.adaptive && estimated === undefined ? new DoublingStepper(create, order) : create();
    },
  };
  return Object.freeze(solver) as unknown as Extract<Family, { kind: Kind }>;
}
