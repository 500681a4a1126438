import { PowerIteration } from "../power-iteration.ts";
import type { System } from "../system.ts";
import { chebyshevStages, type StabilisedStages, stagesFor } from "../tableau/chebyshev.ts";
import { allFinite } from "../vectors.ts";
import { cubicPolynomial } from "./dense-polynomial.ts";
import { StateStepper } from "./state-stepper.ts";
import { STEP_NEWTON_FAILED, STEP_NON_FINITE, STEP_OK, type Start } from "./stepper.ts";

/** The spectral radius is looked at anew after so many steps, or when a step was refused. */
const STEPS_PER_LOOK = 25;
/** The first power iteration stops when a step changes the result by less than this part, or after so many
 *  steps. Later ones start from the last direction. */
const SETTLED = 0.01;
const LONGEST_LOOK = 50;
/** The power method comes from below. */
const SAFETY = 1.2;
/** More stages would let rounding grow to what tolerances ask for: its growth within a step goes with their
 *  square. */
const MOST_STAGES = 1000;

/** Steps of second order with as many stages as make them stable: the interval on the negative real axis
 *  grows with the square of their number. No Jacobian, no linear systems, seven vectors.
 *  @see Sommeijer, Shampine and Verwer, RKC: an explicit solver for parabolic PDEs, 1998 */
export class StabilisedStepper extends StateStepper {
  readonly errorOrder: number = 2;
  readonly degree: number = 3;
  readonly #power: PowerIteration;
  readonly #slopeNew = this.vector();
  readonly #stages = [this.vector(), this.vector(), this.vector()];
  #h = 0;
  /** The spectral radius of df/dy, once it is known. */
  #rate = Number.NaN;
  #age = 0;

  constructor(name: string, system: System) {
    super(name, system);
    this.#power = new PowerIteration(system);
  }

  override start(t: number, y: Float64Array, how: Start = "anew"): void {
    super.start(t, y, how);
    this.#rate = Number.NaN;
    this.#power.restart();
  }

  attempt(t: number, h: number): number {
    const { system, error, y, yNew } = this;
    const slope = this.slope(t);
    if (!(this.#age > 0 && this.#rate >= 0)) this.#look(t, slope);
    const stages = stagesFor(Math.abs(h) * this.#rate);
    // Also refuses a rate that is not a number.
    if (!(stages <= MOST_STAGES)) return STEP_NEWTON_FAILED;
    this.#h = h;
    this.#pass(t, h, chebyshevStages(stages));
    if (!allFinite(yNew)) return STEP_NON_FINITE;
    system.f(t + h, yNew, this.#slopeNew);
    const last = this.#slopeNew;
    for (let i = 0; i < error.length; i++) {
      error[i] = 0.8 * (y[i]! - yNew[i]!) + 0.4 * h * (slope[i]! + last[i]!);
    }
    return STEP_OK;
  }

  /** The stages, the last of them into yNew. */
  #pass(t: number, h: number, coefficients: StabilisedStages): void {
    const { system, y, yNew } = this;
    const { stages, first, now, before, change, begin, c } = coefficients;
    const [slope, field] = [this.slopeHere, this.#slopeNew];
    let [older, old, next] = this.#stages as [Float64Array, Float64Array, Float64Array];
    older.set(y);
    for (let i = 0; i < y.length; i++) old[i] = y[i]! + h * first * slope[i]!;
    for (let j = 2; j <= stages; j++) {
      system.f(t + c[j - 1]! * h, old, field);
      if (j === stages) next = yNew;
      const [a, b] = [now[j]!, before[j]!];
      const rest = 1 - a - b;
      const by = h * change[j]!;
      const from = h * begin[j]!;
      for (let i = 0; i < y.length; i++) {
        next[i] = rest * y[i]! + a * old[i]! + b * older[i]! + (by * field[i]! + from * slope[i]!);
      }
      const free = older;
      older = old;
      old = next;
      next = free;
    }
  }

  #look(t: number, slope: Float64Array): void {
    let rate = this.#power.estimate(t, this.y, slope, slope);
    for (let k = 1; k < LONGEST_LOOK; k++) {
      const last = rate;
      rate = this.#power.estimate(t, this.y, slope, slope);
      if (!(Math.abs(rate - last) > SETTLED * rate)) break;
    }
    this.#rate = SAFETY * rate;
    this.#age = STEPS_PER_LOOK;
  }

  accept(): void {
    this.exchange();
    this.slopeHere.set(this.#slopeNew);
    this.hasSlope = true;
    this.#age--;
  }

  override reject(): void {
    if (this.#age < STEPS_PER_LOOK) this.#age = 0;
  }

  polynomial(out: Float64Array, offset: number): void {
    cubicPolynomial(this.y, this.yNew, this.slopeHere, this.#slopeNew, this.#h, out, offset);
  }

  rate(): number {
    return this.#rate / SAFETY;
  }
}
