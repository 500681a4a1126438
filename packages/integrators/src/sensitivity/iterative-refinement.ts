import { largest } from "../vectors.ts";

/** Residuals at this fraction of the right-hand side are rounding. */
const ENOUGH = 1e-12;
const MOST = 12;

/** Solves M^T x = b by iterative refinement. `residual(x, r)` writes b - M^T x with the exact M. `solve(r)`
 *  applies an approximate inverse, such as a factorisation of an earlier step's matrix. `x` is b on entry.
 *  Returns false if the approximation is too poor. Then `x` must not be used. */
export function refine(
  x: Float64Array,
  r: Float64Array,
  residual: (x: Float64Array, r: Float64Array) => void,
  solve: (r: Float64Array) => void,
): boolean {
  // The residual of x = 0.
  let before = largest(x);
  const wanted = ENOUGH * before;
  solve(x);
  for (let k = 0; k < MOST; k++) {
    residual(x, r);
    const size = largest(r);
    if (!(size < 0.3 * before)) return size <= wanted;
    solve(r);
    for (let i = 0; i < x.length; i++) x[i] = x[i]! + r[i]!;
    // The correction just made leaves about (size / before) of what the residual was.
    if (size * (size / before) <= wanted) return true;
    before = size;
  }
  return false;
}
