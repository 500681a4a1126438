import { frontPlan } from "./front-plan.ts";
import type { SparsePattern } from "./sparse-pattern.ts";

/** Whether a pattern, with what its elimination adds to it, leaves out enough of the matrix to pay. */
export function sparsePays(pattern: SparsePattern): boolean {
  const { n } = pattern;
  return n >= 10 && 2 * frontPlan(pattern).factorSize < n * n;
}
