import type { ExplicitSolver, StiffSolver, SwitchingSolver } from "../solvers/solver.ts";
import { SwitchingStepper } from "../steppers/switching.ts";
import { realStabilityLimit } from "../tableau/stability.ts";

/** Below this relative tolerance a high order pays. On the Lorenz equations order 8 takes the time of order 5
 *  at 1e-6, and half of it at 1e-9. */
const TIGHT = 1e-7;

/** The explicit side for a relative tolerance. Without one (undefined or 0) a high order does not pay. */
export function explicitSide(
  { nonStiff, accurate }: Pick<SwitchingSolver, "nonStiff" | "accurate">,
  rtol = 0,
): ExplicitSolver {
  return rtol > 0 && rtol <= TIGHT ? accurate : nonStiff;
}

/** Steps from one look at the spectral radius to the next: it costs an evaluation. */
function stepsPerCheck({ tableau }: ExplicitSolver): number {
  return Math.min(5, Math.round(36 / tableau.b.length));
}

/** Both sides are solvers of their own; which one is at work is decided from step to step. */
export function switchingSolver(
  nonStiff: ExplicitSolver,
  stiff: StiffSolver,
  accurate: ExplicitSolver = nonStiff,
): SwitchingSolver {
  return Object.freeze<SwitchingSolver>({
    kind: "switching",
    name: `auto(${nonStiff.name}, ${stiff.name})`,
    order: Math.min(nonStiff.order, stiff.order),
    nonStiff,
    accurate,
    stiff,
    trainable: stiff.trainable,
    createStepper: (system, settings) => {
      const explicit = explicitSide({ nonStiff, accurate }, settings.rtol);
      return new SwitchingStepper(
        explicit.createStepper(system, settings),
        // Its Jacobian may need more memory than there is, and may never be asked for.
        () => stiff.createStepper(system, settings),
        Math.max(explicit.denseDegree, stiff.denseDegree),
        realStabilityLimit(explicit.matrices),
        stepsPerCheck(explicit),
      );
    },
  });
}
