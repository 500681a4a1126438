import { misuse } from "../errors.ts";
import { switchingSolver } from "../families/switching.ts";
import { requireKnownOptions } from "../known-names.ts";
import { dop853 } from "./dop853.ts";
import { rodas5P } from "./rodas5p.ts";
import type { ExplicitSolver, Solver, StiffSolver, SwitchingSolver } from "./solver.ts";
import { tsit5 } from "./tsit5.ts";

/** A solver that starts explicitly and changes sides when stiffness is met or left behind:
 *  `solution.switches` says where. Defaults: `tsit5`, or `dop853` where steps adapt to an
 *  rtol of 1e-7 or less, and `rodas5P`.
 *  @see Petzold 1983; Hairer and Wanner II, IV.2 for the detection */
export function auto(options: { nonStiff?: ExplicitSolver; stiff?: StiffSolver } = {}): SwitchingSolver {
  requireKnownOptions(options, { nonStiff: true, stiff: true }, "auto: ");
  requireSide("nonStiff", options.nonStiff, true);
  requireSide("stiff", options.stiff, false);
  const { nonStiff = tsit5, stiff = rodas5P } = options;
  return switchingSolver(nonStiff, stiff, options.nonStiff ?? dop853);
}

function requireSide(side: string, solver: Partial<Solver> | undefined, explicit: boolean): void {
  if (solver === undefined || (solver.kind !== undefined && (solver.kind === "explicit") === explicit))
    return;
  const name = typeof solver === "string" ? JSON.stringify(solver) : (solver?.name ?? String(solver));
  const kind = explicit ? "an explicit solver such as tsit5" : "an implicit solver such as rodas5P";
  throw misuse("bad_solver", `auto: ${side} is ${name}, expected ${kind}`);
}
