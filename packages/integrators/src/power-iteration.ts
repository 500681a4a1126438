import type { System } from "./system.ts";
import { norm, ROOT_EPSILON } from "./vectors.ts";

/** The spectral radius of df/dy by the power method, df/dy v being a difference of f. It remembers its
 *  direction. */
export class PowerIteration {
  readonly #system: System;
  readonly #direction: Float64Array;
  readonly #state: Float64Array;
  /** |J v| / |v| of the call before. */
  #last = 0;

  constructor(system: System) {
    this.#system = system;
    this.#direction = new Float64Array(system.n);
    this.#state = new Float64Array(system.n);
  }

  restart(): void {
    this.#direction.fill(0);
    this.#last = 0;
  }

  /** |df/dy v| / |v| at (t, y), where `slope` is f(t, y), in the geometric mean with the call before: in an
   *  oscillation, where positions and velocities take turns, one alone is off by its frequency. The direction
   *  starts as `first`. */
  estimate(t: number, y: Float64Array, slope: Float64Array, first: Float64Array): number {
    const v = this.#direction;
    const state = this.#state;
    const n = y.length;
    if (norm(v) === 0) v.set(first);
    let size = norm(v);
    if (!(size > 0 && size < Number.POSITIVE_INFINITY)) {
      v.fill(1);
      size = Math.sqrt(n);
    }
    const scale = (ROOT_EPSILON * (norm(y) || 1)) / size;
    for (let i = 0; i < n; i++) state[i] = y[i]! + scale * v[i]!;
    this.#system.f(t, state, v);
    for (let i = 0; i < n; i++) v[i] = v[i]! - slope[i]!;
    const now = norm(v) / (scale * size);
    const rate = this.#last > 0 ? Math.sqrt(now * this.#last) : now;
    this.#last = now;
    return rate;
  }
}
