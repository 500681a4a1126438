import type { Solver } from "@stiffnet/integrators";
import { stabilityFunction } from "@stiffnet/integrators/tableaus";

/** The largest s with |R(-x)| <= 1 for all 0 <= x <= s: a step h damps a decaying mode of rate r while h r is
 *  below it. Infinite for A-stable methods and for those that switch to one. */
export function stabilityInterval(solver: Solver): number {
  if (solver.kind !== "explicit") return Number.POSITIVE_INFINITY;
  const { a, b } = solver.matrices;
  const grows = (x: number): boolean => {
    const { re, im } = stabilityFunction(a, b, -x, 0);
    return Math.hypot(re, im) > 1 + 1e-12;
  };
  // R is a polynomial of degree at most the number of stages: no interval is longer than 2 s^2 (Chebyshev).
  const most = 2 * b.length ** 2;
  const grid = 1e-3;
  let high = grid;
  while (high <= most && !grows(high)) high += grid;
  let low = high - grid;
  for (let k = 0; k < 40; k++) {
    const middle = (low + high) / 2;
    if (grows(middle)) high = middle;
    else low = middle;
  }
  return low;
}
