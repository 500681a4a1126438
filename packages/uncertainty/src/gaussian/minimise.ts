import { dot } from "../dot.ts";

/** A function and its gradient at a point; the value is infinite where there is none. */
export type Objective = (x: Float64Array) => { readonly value: number; readonly gradient: Float64Array };

const remembered = 10;
/** Below this gradient there is a minimum. */
const tolerance = 1e-5;

/** A minimum of a smooth function in a box, by projected L-BFGS: steps are halved until the value falls
 *  (Armijo's rule). Ends where the projected gradient is below 1e-5 or after so many evaluations,
 *  with the best point so far.
 *  @see Nocedal and Wright, Numerical Optimization, algorithm 7.4 */
export function minimise(
  objective: Objective,
  start: Float64Array,
  box: readonly (readonly [low: number, high: number])[],
  evaluations: number,
): Float64Array {
  const inside = (x: Float64Array): Float64Array =>
    x.map((value, i) => Math.min(Math.max(value, box[i]![0]), box[i]![1]));
  const steps: Step[] = [];
  let x = inside(start);
  let at = objective(x);
  for (let left = evaluations - 1; left > 0; ) {
    // A bound that the step would leave holds its coordinate.
    const free = at.gradient.map((g, i) => (x[i] === box[i]![g > 0 ? 0 : 1] ? 0 : 1));
    const gradient = at.gradient.map((g, i) => g * free[i]!);
    if (gradient.every((g) => Math.abs(g) < tolerance)) break;
    const direction = newton(gradient, steps).map((d, i) => d * free[i]!);
    let slope = dot(direction, gradient);
    if (!(slope < 0)) {
      steps.length = 0;
      direction.set(gradient.map((g) => -g));
      slope = dot(direction, gradient);
    }
    // The first step has no scale of its own: one unit of the longest coordinate at most.
    let length = steps.length > 0 ? 1 : Math.min(1, 1 / Math.max(...direction.map(Math.abs)));
    let next = x;
    let there = at;
    for (; left > 0; length /= 2) {
      next = inside(x.map((value, i) => value + length * direction[i]!));
      there = objective(next);
      left--;
      if (there.value <= at.value + 1e-4 * length * slope) break;
      if (length < 1e-10) return x;
    }
    if (!(there.value < at.value)) break;
    const s = next.map((value, i) => value - x[i]!);
    const y = there.gradient.map((g, i) => g - at.gradient[i]!);
    const sy = dot(s, y);
    if (sy > 1e-10 * dot(y, y)) steps.push({ s, y, sy });
    if (steps.length > remembered) steps.shift();
    x = next;
    at = there;
  }
  return x;
}

/** A step, the change of the gradient along it, and their product. */
interface Step {
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly sy: number;
}

/** Minus the inverse Hessian that the steps tell of, times the gradient. */
function newton(gradient: Float64Array, steps: readonly Step[]): Float64Array {
  const q = gradient.map((g) => -g);
  const last = steps.at(-1);
  if (last === undefined) return q;
  const weights: number[] = [];
  const add = (to: Float64Array, factor: number, other: Float64Array): void => {
    for (let i = 0; i < to.length; i++) to[i]! += factor * other[i]!;
  };
  for (const { s, y, sy } of [...steps].reverse()) {
    const weight = dot(s, q) / sy;
    weights.unshift(weight);
    add(q, -weight, y);
  }
  const scale = last.sy / dot(last.y, last.y);
  for (let i = 0; i < q.length; i++) q[i]! *= scale;
  steps.forEach(({ s, y, sy }, k) => {
    add(q, weights[k]! - dot(y, q) / sy, s);
  });
  return q;
}
