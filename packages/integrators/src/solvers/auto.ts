import { switchingSolver } from "../families/switching.ts";
import { rodas5P } from "./rodas5p.ts";
import type { ExplicitSolver, SwitchingSolver } from "./solver.ts";
import { tsitouras54 } from "./tsitouras54.ts";

/** A solver that starts explicitly and changes sides when stiffness is met or left behind:
 *  `solution.switches` says where. Defaults: `tsitouras54` and `rodas5P`.
 *  @see Petzold 1983; Hairer and Wanner II, IV.2 for the detection */
export function auto(
  options: { nonStiff?: ExplicitSolver; stiff?: SwitchingSolver["stiff"] } = {},
): SwitchingSolver {
  return switchingSolver(options.nonStiff ?? tsitouras54, options.stiff ?? rodas5P);
}
