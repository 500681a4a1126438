import { largest } from "../vectors.ts";

/** Residuals at this fraction of the right-hand side are rounding. */
const ENOUGH = 1e-12;
const MOST = 12;

/** Solves M^T x = b by iterative refinement. `residual(x, r)` writes b - M^T x with the exact M. `solve(r)`
 *  applies an approximate inverse, such as a factorisation of an earlier step's matrix. `x` is b on entry.
 *  Returns false if the approximation is too poor. Then `x` must not be used. */
function refine(
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

/** Solves M^T x = b with the factorisation at hand if there is one that is near enough, else with a new
 *  one: `factor(true)` makes it, and `factor(false)` may leave the old one. `x` is b on entry. */
export function solveNear(
  x: Float64Array,
  b: Float64Array,
  hasOld: boolean,
  residual: (x: Float64Array, r: Float64Array) => void,
  factor: (anew: boolean) => void,
  solve: (r: Float64Array) => void,
): void {
  const r = new Float64Array(b.length);
  for (const anew of hasOld ? [false, true] : [true]) {
    factor(anew);
    x.set(b);
    if (refine(x, r, residual, solve)) return;
  }
  x.set(b);
  solve(x);
}
