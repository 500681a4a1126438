import { misuse } from "../errors.ts";
import type { Stepper } from "../steppers/stepper.ts";
import type { Bounds } from "./solve-options.ts";

/** A smaller step is to use this part of the distance to the bound. It is smaller by no more than the
 *  second factor. */
const INSIDE = 0.9;
const SMALLEST = 0.1;

/** Keeps the states at the ends of steps inside bounds. A state outside by less than the tolerance is moved
 *  onto the bound. A step that ends farther outside is refused and made smaller, as CVODE's inequality
 *  constraints do. If the solution is on a bound and f points out of it, no step is small enough.
 *  @see Hindmarsh and others, SUNDIALS: CVODE's user documentation, "Inequality constraints" */
export class BoundsWatch {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** The unknown that was outside last. */
  index = 0;
  /** The last step's end was put on a bound. */
  moved = false;
  readonly #state: Float64Array;
  readonly #slope: Float64Array;

  constructor({ lower, upper }: Bounds, n: number) {
    this.lower = sideOf(lower, "lower", Number.NEGATIVE_INFINITY, n);
    this.upper = sideOf(upper, "upper", Number.POSITIVE_INFINITY, n);
    this.#state = new Float64Array(n);
    this.#slope = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      if (this.lower[i]! <= this.upper[i]!) continue;
      throw misuse(
        "bad_bounds",
        `bounds.lower[${i}] is ${this.lower[i]}, expected no more than bounds.upper[${i}] = ${this.upper[i]}`,
      );
    }
  }

  /** @param where "y0", or whose state it is */
  require(y: Float64Array, where: string): void {
    const i = y.findIndex((_, k) => this.#outside(y, k) > 0);
    if (i < 0) return;
    const [side, bound] = y[i]! < this.lower[i]! ? ["lower", this.lower[i]] : ["upper", this.upper[i]];
    throw misuse(
      "bad_bounds",
      `${where}[${i}] is ${y[i]}, expected it inside bounds.${side}[${i}] = ${bound}`,
    );
  }

  /** The violated bounds, in words. */
  describe(): string {
    return `y[${this.index}] leaves [${this.lower[this.index]}, ${this.upper[this.index]}]`;
  }

  #outside(y: Float64Array, i: number): number {
    return Math.max(this.lower[i]! - y[i]!, y[i]! - this.upper[i]!);
  }

  #bound(y: Float64Array, i: number): number {
    return y[i]! < this.lower[i]! ? this.lower[i]! : this.upper[i]!;
  }

  clamp(y: Float64Array): void {
    for (let i = 0; i < y.length; i++) y[i] = Math.min(this.upper[i]!, Math.max(this.lower[i]!, y[i]!));
  }

  /** Whether a state is inside, or outside by less than the tolerance; it is then moved onto the bound. */
  admits(y: Float64Array, weights: Float64Array): boolean {
    const far = y.findIndex((_, i) => this.#outside(y, i) > weights[i]!);
    this.moved = far < 0 && y.some((_, i) => this.#outside(y, i) > 0);
    if (this.moved) this.clamp(y);
    if (far >= 0) this.index = far;
    return far < 0;
  }

  /** Checks the end of an attempted step of h from t. Returns undefined if the step may be kept, else the
   *  size of the next try, and 0 if no step is small enough. */
  examine(stepper: Stepper, t: number, h: number, weights: Float64Array): number | undefined {
    const { y, yNew } = stepper;
    if (this.admits(yNew, weights)) return undefined;
    let part = 1;
    for (let i = 0; i < y.length; i++) {
      const far = this.#outside(yNew, i);
      const inside = -this.#outside(y, i);
      if (far > weights[i]!) part = Math.min(part, inside <= weights[i]! ? 0 : inside / (inside + far));
    }
    if (part === 0 && this.#pointsOut(stepper, t, h, weights)) return 0;
    return Math.abs(h) * Math.max(SMALLEST, INSIDE * part);
  }

  /** Whether an unknown that a step has taken outside stands on its bound, and f there would take it out. */
  #pointsOut({ y, yNew, system }: Stepper, t: number, h: number, weights: Float64Array): boolean {
    // With a mass matrix f is not the derivative.
    if (system.mass !== undefined) return false;
    const state = this.#state;
    const slope = this.#slope;
    state.set(y);
    for (let i = 0; i < y.length; i++) {
      const left = this.#outside(yNew, i) > weights[i]! && -this.#outside(y, i) <= weights[i]!;
      if (left) state[i] = this.#bound(yNew, i);
    }
    this.clamp(state);
    system.f(t, state, slope);
    for (let i = 0; i < y.length; i++) {
      const out = yNew[i]! < this.lower[i]! ? -1 : 1;
      if (!(this.#outside(yNew, i) > weights[i]! && state[i] === this.#bound(yNew, i))) continue;
      if (!(out * h * slope[i]! > weights[i]!)) continue;
      this.index = i;
      return true;
    }
    return false;
  }
}

function sideOf(
  given: number | ArrayLike<number> | undefined,
  name: "lower" | "upper",
  free: number,
  n: number,
): Float64Array {
  const values = typeof given === "number" ? new Float64Array(n).fill(given) : given;
  if (values === undefined) return new Float64Array(n).fill(free);
  if (typeof values !== "object" || values === null || values.length !== n) {
    throw misuse(
      "bad_bounds",
      `bounds.${name} is ${typeof values === "object" ? `a list of ${values?.length}` : String(values)}, ` +
        `expected a number, or one for each of the ${n} unknowns`,
    );
  }
  const side = Float64Array.from(values);
  const bad = side.findIndex((x) => Number.isNaN(x));
  if (bad < 0) return side;
  throw misuse("bad_bounds", `bounds.${name}[${bad}] is ${values[bad]}, expected a number`);
}
