import type { RealLu } from "./factorisation.ts";

/** After so many matrices in a row that the fast one could not do, it is not asked any more. */
const PATIENCE = 3;

/** A fast factorisation that gives some matrices up, and one that can do them, made when it is first
 *  needed. */
class Guard<Lu> {
  readonly #fast: Lu;
  readonly #make: () => Lu;
  #careful: Lu | undefined;
  #failures = 0;
  current: Lu;

  constructor(fast: Lu, make: () => Lu) {
    this.#fast = fast;
    this.#make = make;
    this.current = fast;
  }

  factor(attempt: (lu: Lu) => boolean): boolean {
    this.current = this.#fast;
    if (this.#failures < PATIENCE) {
      if (attempt(this.#fast)) {
        this.#failures = 0;
        return true;
      }
      this.#failures++;
    }
    this.#careful ??= this.#make();
    this.current = this.#careful;
    return attempt(this.#careful);
  }
}

export class GuardedLu implements RealLu {
  readonly #guard: Guard<RealLu>;

  constructor(fast: RealLu, make: () => RealLu) {
    this.#guard = new Guard(fast, make);
  }

  factor(jacobian: Float64Array, shift: number): boolean {
    return this.#guard.factor((lu) => lu.factor(jacobian, shift));
  }

  solve(b: Float64Array): void {
    this.#guard.current.solve(b);
  }

  solveTransposed(b: Float64Array): void {
    this.#guard.current.solveTransposed(b);
  }
}
