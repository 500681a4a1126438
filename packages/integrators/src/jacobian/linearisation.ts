/** Solves (shift M - J) x = b. */
export interface ShiftedSolver {
  /** For J as it was taken last. False when the matrix is singular or not finite. */
  factor(shift: number): boolean;
  /** b becomes the solution. False where it has not been found: an iteration did not converge. */
  solve(b: Float64Array): boolean;
}

/** J = df/dy at the last point taken: a matrix, or an operator that multiplies by J. */
export interface Linearisation {
  /** Takes J at (t, y). Differences choose their increments from the error weights of y and the current step
   *  `h`. `fy` is f(t, y) if known. Returns false if J is not finite. */
  take(t: number, y: Float64Array, weights: Float64Array, h: number, fy?: Float64Array): boolean;
  /** out += J v. */
  addProduct(v: Float64Array, out: Float64Array): void;
  /** An upper bound or an estimate of the spectral radius. */
  normBound(): number;
  /** @param accuracy an iterative solver stops there, in the unit of the error weights */
  newSolver(accuracy: number): ShiftedSolver;
}
