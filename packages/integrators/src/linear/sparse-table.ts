import { eliminationPlan } from "./elimination-plan.ts";
import { frontPlan } from "./front-plan.ts";
import type { SparsePattern } from "./sparse-pattern.ts";

/** Up to so many unknowns each product of an elimination is written down; beyond, it goes in fronts. */
export const LISTED = 128;

/** Whether a pattern, with what its elimination adds to it, leaves out enough of the matrix to pay. */
export function sparsePays(pattern: SparsePattern): boolean {
  const { n } = pattern;
  if (n < 10) return false;
  const size = n <= LISTED ? eliminationPlan(pattern).size : frontPlan(pattern).factorSize;
  return 2 * size < n * n;
}
