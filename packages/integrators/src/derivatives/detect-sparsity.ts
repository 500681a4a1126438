import { requireSpan, requireState } from "../integrate/requirements.ts";
import type { OdeProblem } from "../problem.ts";

/** A component is moved by these parts of its size. Small moves stay on the same side of most branches. Large
 *  moves are not lost in the rounding of sums. */
const MOVES = [2 ** -20, -(2 ** -7), 0.25, -0.25] as const;
/** Further states near each given one: every component moves by up to this part of its size. An entry that
 *  happens to be zero at one state, such as that of a product with 0, is not zero at the others. */
const NEIGHBOURS = 2;
const SPREAD = 0.1;
/** The size of a component is at least this part of the largest. */
const LEAST = 1e-3;

/** Finds the rows of each column of df/dy that may be non-zero, for `sparsity`. Moves every component of y by
 *  small and by large amounts, at y0 and at states near it. The entries of f that change depend on the
 *  component. Two kinds of entries are not found: those behind a branch that none of the states takes, and
 *  those whose change is lost in rounding. Give a state that takes such a branch. 12 evaluations for each
 *  component and state.
 *  @param states further states at which f is evaluated, besides y0 at the start of tSpan
 *  @returns lists of rows, one for each column; `checkDerivatives` compares them with differences */
export function detectSparsity(
  problem: OdeProblem,
  states: readonly { readonly t: number; readonly y: ArrayLike<number> }[] = [],
): number[][] {
  const n = requireState(problem);
  const [t0] = requireSpan(problem);
  const p = Float64Array.from(problem.parameters ?? []);
  const rows = Array.from({ length: n }, () => new Set<number>());
  const [before, after] = [new Float64Array(n), new Float64Array(n)];
  for (const { t, y: given } of [{ t: t0, y: problem.y0 }, ...states]) {
    const sizes = sizesOf(given);
    for (let k = 0; k <= NEIGHBOURS; k++) {
      const y = Float64Array.from(given, (x, i) => x + (k === 0 ? 0 : SPREAD * sizes[i]! * part(i, k)));
      problem.f(t, y, before.fill(0), p);
      for (let j = 0; j < n; j++) {
        const kept = y[j]!;
        for (const move of MOVES) {
          y[j] = kept + move * sizes[j]!;
          problem.f(t, y, after.fill(0), p);
          for (let i = 0; i < n; i++)
            if (before[i] !== after[i] && !Object.is(before[i], after[i])) rows[j]!.add(i);
        }
        y[j] = kept;
      }
    }
  }
  return rows.map((each) => [...each].sort((a, b) => a - b));
}

/** |y_i|, and a part of the largest where that is more. */
function sizesOf(y: ArrayLike<number>): Float64Array {
  const sizes = Float64Array.from(y, Math.abs);
  const least = LEAST * sizes.reduce((largest, x) => Math.max(largest, x), 0) || 1;
  return sizes.map((x) => Math.max(x, least));
}

/** Numbers between -1 and 1 without a pattern that sums could cancel in (multiples of the golden ratio). */
function part(i: number, k: number): number {
  const x = (i + 1) * 0.6180339887498949 + k * 0.7548776662466927;
  return 2 * (x - Math.floor(x)) - 1;
}
