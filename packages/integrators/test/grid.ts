import { patternOf, type SparsePattern } from "../src/matrix/pattern.ts";
import { brusselator2d } from "../src/problems.ts";

/** Pattern of the Brusselator on m x m points, two unknowns each. It includes the diagonal and is
 *  symmetric. */
export function gridPattern(m: number, periodic: boolean): SparsePattern {
  return patternOf(brusselator2d(m, { periodic }).sparsity as readonly number[][]);
}
