/** Coefficients of a stabilised step: Y_1 = y + first h f(y), then for j = 2 .. stages
 *
 *      Y_j = (1 - now_j - before_j) y + now_j Y_(j-1) + before_j Y_(j-2)
 *            + change_j h f(Y_(j-1)) + begin_j h f(y)
 *
 *  at t + c_j h; Y_stages is the new state. */
export interface StabilisedStages {
  readonly stages: number;
  readonly first: number;
  readonly now: Float64Array;
  readonly before: Float64Array;
  readonly change: Float64Array;
  readonly begin: Float64Array;
  readonly c: Float64Array;
}

/** How far |R| stays below 1 by about eps / 3 within the interval. */
const DAMPING = 2 / 13;

/** The fewest stages whose steps are stable for h times the spectral radius: |R(-x)| <= 1 up to
 *  x = (stages^2 - 1) (2 / 3) (1 - 2 DAMPING / 15), about 0.65 stages^2. */
export function stagesFor(x: number): number {
  return Math.max(2, Math.ceil(Math.sqrt(1 + 1.54 * x)));
}

const made = new Map<number, StabilisedStages>();

/** R is Chebyshev's polynomial T_s of w_0 + w_1 z, shifted and scaled to be exp(z) to second order, and so is
 *  each stage. Kept once made.
 *  @see van der Houwen and Sommeijer 1980; Verwer, Explicit Runge-Kutta methods for parabolic partial
 *  differential equations, 1996 */
export function chebyshevStages(stages: number): StabilisedStages {
  let coefficients = made.get(stages);
  if (coefficients === undefined) {
    coefficients = make(stages);
    made.set(stages, coefficients);
  }
  return coefficients;
}

function make(stages: number): StabilisedStages {
  const w0 = 1 + DAMPING / stages ** 2;
  // T_j, T_j' and T_j'' at w0.
  const value = [1, w0];
  const slope = [0, 1];
  const curve = [0, 0];
  for (let j = 2; j <= stages; j++) {
    value.push(2 * w0 * value[j - 1]! - value[j - 2]!);
    slope.push(2 * value[j - 1]! + 2 * w0 * slope[j - 1]! - slope[j - 2]!);
    curve.push(4 * slope[j - 1]! + 2 * w0 * curve[j - 1]! - curve[j - 2]!);
  }
  const w1 = slope[stages]! / curve[stages]!;
  const b = slope.map((d, j) => (j < 2 ? 0 : curve[j]! / (d * d)));
  b[0] = b[2]!;
  b[1] = 1 / w0;
  const vector = () => new Float64Array(stages + 1);
  const [now, before, change, begin, c] = [vector(), vector(), vector(), vector(), vector()];
  const first = b[1]! * w1;
  c[1] = first;
  for (let j = 2; j <= stages; j++) {
    now[j] = (2 * w0 * b[j]!) / b[j - 1]!;
    before[j] = -b[j]! / b[j - 2]!;
    change[j] = (2 * w1 * b[j]!) / b[j - 1]!;
    begin[j] = -(1 - b[j - 1]! * value[j - 1]!) * change[j]!;
    c[j] = now[j]! * c[j - 1]! + before[j]! * c[j - 2]! + change[j]! + begin[j]!;
  }
  return { stages, first, now, before, change, begin, c };
}
