import { largest } from "../vectors.ts";

/** Residuals at this fraction of the right-hand side are rounding. */
const ENOUGH = 1e-12;
const MOST = 12;

/** Solves M^T x = b with the factorisation of a matrix of an earlier step, by iterative refinement, as long
 *  as that is near enough. */
export class NearSolver {
  readonly #b: Float64Array;
  readonly #r: Float64Array;
  #hasOld = false;

  constructor(size: number) {
    this.#b = new Float64Array(size);
    this.#r = new Float64Array(size);
  }

  /** @param x b on entry
   *  @param subtract r -= M^T x with the exact M; without it the factorisation is always a new one
   *  @param factor `factor(true)` makes a new factorisation, and `factor(false)` may leave the old one
   *  @param solve applies the inverse of the factorised matrix */
  solve(
    x: Float64Array,
    subtract: ((x: Float64Array, r: Float64Array) => void) | undefined,
    factor: (anew: boolean) => void,
    solve: (r: Float64Array) => void,
  ): void {
    if (subtract === undefined) {
      factor(true);
      solve(x);
      return;
    }
    this.#b.set(x);
    for (const anew of this.#hasOld ? [false, true] : [true]) {
      factor(anew);
      this.#hasOld = true;
      x.set(this.#b);
      if (this.#refine(x, subtract, solve)) return;
    }
    x.set(this.#b);
    solve(x);
  }

  /** False if the factorised matrix is too far from M. Then `x` must not be used. */
  #refine(
    x: Float64Array,
    subtract: (x: Float64Array, r: Float64Array) => void,
    solve: (r: Float64Array) => void,
  ): boolean {
    const r = this.#r;
    // The residual of x = 0.
    let before = largest(x);
    const wanted = ENOUGH * before;
    solve(x);
    for (let k = 0; k < MOST; k++) {
      r.set(this.#b);
      subtract(x, r);
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
}
