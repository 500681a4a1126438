import type { ExplicitSolver, StiffSolver, SwitchingSolver } from "../solvers/solver.ts";
import { SwitchingStepper } from "../steppers/switching.ts";
import { realStabilityLimit } from "../tableau/stability.ts";

/** Both sides are solvers of their own; which one is at work is decided from step to step. */
export function switchingSolver(nonStiff: ExplicitSolver, stiff: StiffSolver): SwitchingSolver {
  return Object.freeze<SwitchingSolver>({
    kind: "switching",
    name: `auto(${nonStiff.name}, ${stiff.name})`,
    order: Math.min(nonStiff.order, stiff.order),
    nonStiff,
    stiff,
    trainable: stiff.trainable,
    createStepper: (system, settings) =>
      new SwitchingStepper(
        nonStiff.createStepper(system, settings),
        // Its Jacobian may need more memory than there is, and may never be asked for.
        () => stiff.createStepper(system, settings),
        Math.max(nonStiff.denseDegree, stiff.denseDegree),
        realStabilityLimit(nonStiff.matrices),
      ),
  });
}
