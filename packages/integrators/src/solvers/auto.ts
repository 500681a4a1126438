import { rodas5P } from "./rodas5p.ts";
import type { ExplicitSolver, OneStepSolver, SwitchingSolver } from "./solver.ts";
import { tsitouras54 } from "./tsitouras54.ts";

/** A solver that starts explicitly and changes sides when stiffness is met or left behind: `solution.switches` says where.
 *  Defaults: `tsitouras54` and `rodas5P`.
 *  @see Petzold 1983; Hairer and Wanner II, IV.2 for the detection */
export function auto(
  options: { nonStiff?: ExplicitSolver; stiff?: Exclude<OneStepSolver, ExplicitSolver> } = {},
): SwitchingSolver {
  const nonStiff = options.nonStiff ?? tsitouras54;
  const stiff = options.stiff ?? rodas5P;
  return Object.freeze({
    kind: "switching",
    name: `auto(${nonStiff.name}, ${stiff.name})`,
    order: Math.min(nonStiff.order, stiff.order),
    nonStiff,
    stiff,
  });
}
