/** Solves (shift M - J) x = b. */
export interface ShiftedSolver {
  /** For J as it was taken last. False when the matrix is singular or not finite. */
  factor(shift: number): boolean;
  /** b becomes the solution. False where it has not been found: an iteration did not converge. */
  solve(b: Float64Array): boolean;
}

/** J = df/dy where it was taken last: a matrix, or what multiplies by it. */
export interface Linearisation {
  /** Takes J at (t, y). `weights` are the error weights of y and `h` the step at hand, from which differences
   *  choose their increments; `fy` is f(t, y) if known. False when J is not finite. */
  take(t: number, y: Float64Array, weights: Float64Array, h: number, fy?: Float64Array): boolean;
  /** out += J v. */
  addProduct(v: Float64Array, out: Float64Array): void;
  /** An upper bound or an estimate of the spectral radius. */
  normBound(): number;
  /** @param accuracy an iterative solver stops there, in the unit of the error weights */
  newSolver(accuracy: number): ShiftedSolver;
}
