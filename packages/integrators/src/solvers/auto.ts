import { misuse } from "../errors.ts";
import { requireKnownOptions } from "../known-names.ts";
import { SwitchingStepper } from "../steppers/switching.ts";
import { realStabilityLimit } from "../tableau/stability.ts";
import { dop853 } from "./dop853.ts";
import { rodas5P } from "./rodas5p.ts";
import type { ExplicitSolver, Solver, StiffSolver, SwitchingSolver } from "./solver.ts";
import { tsit5 } from "./tsit5.ts";

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

/** A solver that starts explicitly and changes sides when stiffness is met or left behind:
 *  `solution.switches` says where. Defaults: `tsit5`, or `dop853` where steps adapt to an
 *  rtol of 1e-7 or less, and `rodas5P`.
 *  @see Petzold 1983; Hairer and Wanner II, IV.2 for the detection */
export function auto(options: { nonStiff?: ExplicitSolver; stiff?: StiffSolver } = {}): SwitchingSolver {
  requireKnownOptions(options, { nonStiff: true, stiff: true }, "auto: ");
  requireSide("nonStiff", options.nonStiff, true);
  requireSide("stiff", options.stiff, false);
  const { nonStiff = tsit5, stiff = rodas5P } = options;
  const sides = { nonStiff, accurate: options.nonStiff ?? dop853, stiff };
  return Object.freeze<SwitchingSolver>({
    kind: "switching",
    name: `auto(${nonStiff.name}, ${stiff.name})`,
    order: Math.min(nonStiff.order, stiff.order),
    ...sides,
    trainable: stiff.trainable,
    createStepper: (system, settings) => {
      const explicit = explicitSide(sides, settings.rtol);
      return new SwitchingStepper(
        explicit.createStepper(system, settings),
        // Its Jacobian may need more memory than there is, and may never be asked for.
        () => stiff.createStepper(system, settings),
        Math.max(explicit.denseDegree, stiff.denseDegree),
        realStabilityLimit(explicit.matrices),
        // A look at the spectral radius costs an evaluation.
        Math.min(5, Math.round(36 / explicit.tableau.b.length)),
      );
    },
  });
}

function requireSide(side: string, solver: Partial<Solver> | undefined, explicit: boolean): void {
  if (solver === undefined || (solver.kind !== undefined && (solver.kind === "explicit") === explicit))
    return;
  const name = typeof solver === "string" ? JSON.stringify(solver) : (solver?.name ?? String(solver));
  const kind = explicit ? "an explicit solver such as tsit5" : "an implicit solver such as rodas5P";
  throw misuse("bad_solver", `auto: ${side} is ${name}, expected ${kind}`);
}
