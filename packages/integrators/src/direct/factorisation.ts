/** Limits are asked every so many columns. */
export const COLUMNS = 64;

/** A factorisation of a matrix, refilled in place: no allocation after it is built. */
export interface Factorisation {
  /** Factorises the matrix with these entries, which it may overwrite. False when the matrix is singular or
   *  not finite: nothing can then be solved. */
  factor(values: Float64Array): boolean;
  /** b becomes A^-1 b. */
  solve(b: Float64Array): void;
  /** b becomes A^-T b. */
  solveTransposed(b: Float64Array): void;
}
