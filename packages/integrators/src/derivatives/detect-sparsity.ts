import { requireSpan, requireState } from "../integrate/requirements.ts";
import { dependents } from "../jacobian/dependents.ts";
import type { OdeProblem } from "../problem.ts";

/** Which rows of each column of df/dy may be non-zero, for `sparsity`: component by component of y is made
 *  NaN, and what of f becomes NaN depends on it. Exact for arithmetic and Math functions, whatever the values
 *  are (0 * NaN is NaN); a comparison with NaN takes one branch, so that what is read in the other alone goes
 *  unseen: both states that f may branch on can be given. n evaluations for each state, once for a problem.
 *  @param states where f is looked at; default: y0 at the start of tSpan */
export function detectSparsity(
  problem: OdeProblem,
  states: readonly { readonly t: number; readonly y: ArrayLike<number> }[] = [],
): number[][] {
  const n = requireState(problem);
  const [t0] = requireSpan(problem);
  const p = Float64Array.from(problem.parameters ?? []);
  const rows = Array.from({ length: n }, () => new Set<number>());
  const dy = new Float64Array(n);
  for (const { t, y } of [{ t: t0, y: problem.y0 }, ...states]) {
    const state = Float64Array.from(y);
    for (let j = 0; j < n; j++) for (const i of dependents(problem.f, t, state, p, j, dy)) rows[j]!.add(i);
  }
  return rows.map((each) => [...each].sort((a, b) => a - b));
}
