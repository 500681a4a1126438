import type { SparsePattern } from "../matrix/pattern.ts";
import type { Factorisation } from "./factorisation.ts";
import { FrontalLu } from "./frontal-lu.ts";
import { PivotingLu } from "./pivoting-lu.ts";

/** After so many matrices in a row that could not be done in fronts, they are not tried any more. */
const PATIENCE = 3;

/** LU of a sparse matrix: in fronts, which is fast, or with any row swaps where those do not do. */
export class GuardedLu implements Factorisation {
  readonly #pattern: SparsePattern;
  readonly #fast: FrontalLu;
  #careful: PivotingLu | undefined;
  #failures = 0;
  #current: Factorisation;

  constructor(pattern: SparsePattern) {
    this.#pattern = pattern;
    this.#fast = new FrontalLu(pattern);
    this.#current = this.#fast;
  }

  factor(values: Float64Array): boolean {
    this.#current = this.#fast;
    if (this.#failures < PATIENCE) {
      if (this.#fast.factor(values)) {
        this.#failures = 0;
        return true;
      }
      this.#failures++;
    }
    this.#careful ??= new PivotingLu(this.#pattern);
    this.#current = this.#careful;
    return this.#careful.factor(values);
  }

  solve(b: Float64Array): void {
    this.#current.solve(b);
  }

  solveTransposed(b: Float64Array): void {
    this.#current.solveTransposed(b);
  }
}
