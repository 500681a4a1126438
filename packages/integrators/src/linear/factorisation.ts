/** A factorisation of shift I - J, or what stands for one, that is refilled in place: no allocation after it
 *  is built. */
export interface RealLu {
  /** Whether the last solve did not converge, of iterative ones. */
  readonly failed?: boolean;
  /** False when the matrix is singular or not finite; the factorisation is then unusable. */
  factor(jacobian: Float64Array, shift: number): boolean;
  /** b becomes (shift I - J)^-1 b. */
  solve(b: Float64Array): void;
  /** b becomes (shift I - J)^-T b. */
  solveTransposed(b: Float64Array): void;
}

/** A factorisation of (re + i im) I - J for a real J; vectors come as real and imaginary parts. */
export interface ComplexLu {
  factor(jacobian: Float64Array, re: number, im: number): boolean;
  solve(re: Float64Array, im: Float64Array): void;
}
