import { patternOf, type SparsePattern } from "../linear/sparse-pattern.ts";
import { sparsePays } from "../linear/sparse-table.ts";
import type { OdeProblem, VectorField } from "../problem.ts";

/** The entries of f that become NaN with component j of the state, which is kept. */
export function dependents(
  f: VectorField,
  t: number,
  state: Float64Array,
  p: Float64Array,
  j: number,
  dy: Float64Array,
): number[] {
  const kept = state[j]!;
  state[j] = Number.NaN;
  dy.fill(0);
  try {
    f(t, state, dy, p);
  } finally {
    state[j] = kept;
  }
  const rows: number[] = [];
  for (let i = 0; i < dy.length; i++) if (Number.isNaN(dy[i]!)) rows.push(i);
  return rows;
}

/** From so many unknowns on, a Jacobian that the problem says nothing of is looked at; beyond so many it has
 *  to be declared, because it is kept as a full one. */
const WORTH_LOOKING = 50;
const TOO_MANY = 5000;

/** The pattern of a Jacobian that the problem says nothing of, if it is worth knowing: at the price of one
 *  dense Jacobian, or of three evaluations when it looks full. What f does with NaN may hide entries, which
 *  is why each Jacobian of it is checked. */
export function detectedPattern(
  problem: OdeProblem,
  n: number,
  count: () => void,
): { readonly declared: SparsePattern; readonly eliminated: SparsePattern } | undefined {
  if (n < WORTH_LOOKING || n > TOO_MANY) return undefined;
  const y = Float64Array.from(problem.y0);
  const p = Float64Array.from(problem.parameters ?? []);
  const dy = new Float64Array(n);
  const look = (j: number): number[] => {
    count();
    return dependents(problem.f, problem.tSpan[0], y, p, j, dy);
  };
  try {
    const samples = [0, n >> 1, n - 1].map(look);
    if (samples.every((rows) => 2 * rows.length > n)) return undefined;
    const lists: number[][] = [];
    let size = 0;
    for (let j = 0; j < n && 4 * size < n * n; j++) {
      const rows = look(j);
      size += rows.length;
      lists.push(rows);
    }
    if (lists.length < n) return undefined;
    const declared = patternOf(lists);
    const eliminated = declared.union(declared, true);
    return sparsePays(eliminated) ? { declared, eliminated } : undefined;
  } catch {
    // f refuses NaN: nothing is known.
    return undefined;
  }
}
