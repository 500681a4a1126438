const ROOT_EPSILON = 2 ** -26;

interface Field {
  readonly n: number;
  f(t: number, y: Float64Array, dy: Float64Array): void;
}

/** The spectral radius of df/dy by the power method, df/dy v being a difference of f. It remembers its
 *  direction. */
export class PowerIteration {
  readonly #field: Field;
  readonly #direction: Float64Array;
  readonly #state: Float64Array;
  /** |J v| / |v| of the call before. */
  #last = 0;

  constructor(field: Field) {
    this.#field = field;
    this.#direction = new Float64Array(field.n);
    this.#state = new Float64Array(field.n);
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
    if (length(v) === 0) v.set(first);
    let size = length(v);
    if (!(size > 0 && size < Number.POSITIVE_INFINITY)) {
      v.fill(1);
      size = Math.sqrt(n);
    }
    const scale = (ROOT_EPSILON * (length(y) || 1)) / size;
    for (let i = 0; i < n; i++) state[i] = y[i]! + scale * v[i]!;
    this.#field.f(t, state, v);
    for (let i = 0; i < n; i++) v[i] = v[i]! - slope[i]!;
    const now = length(v) / (scale * size);
    const rate = this.#last > 0 ? Math.sqrt(now * this.#last) : now;
    this.#last = now;
    return rate;
  }
}

function length(v: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < v.length; i++) sum += v[i]! * v[i]!;
  return Math.sqrt(sum);
}
