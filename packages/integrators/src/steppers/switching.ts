import type { System } from "../system.ts";
import { weightedNorm } from "../vectors.ts";
import { type AnyStepper, STEP_OK, type Start, type Stepper, type Switch } from "./stepper.ts";

/** The explicit side gives up after so many checks in a row at its stability limit. */
const STIFF_CHECKS = 3;
/** Of the first steps of the explicit side, those are checked that are so many times longer than before. */
const EARLY_STEPS = 10;
const GROWTH = 1.5;
/** Steps in a row that the explicit side could have taken before the implicit one hands back. */
const EASY_STEPS = 10;

/** An explicit stepper until |h| times the spectral radius stays at its stability limit, the implicit one
 *  until an explicit step of the same size would be stable again. */
export class SwitchingStepper implements AnyStepper {
  readonly system: System;
  readonly degree: number;
  readonly switches: Switch[] = [];
  readonly #nonStiff: Stepper;
  readonly #createStiff: () => Stepper;
  #stiff: Stepper | undefined;
  readonly #limit: number;
  readonly #every: number;
  #current: Stepper;
  #stiffCount = 0;
  #easyCount = 0;
  #steps = 0;
  /** The longest of the first steps that was looked at. */
  #longest = 0;
  #t = 0;
  #h = 0;

  /** @param limit the explicit method's real stability interval: |R(-x)| <= 1 up to x = limit
   *  @param every the explicit side estimates its spectral radius every so many steps */
  constructor(nonStiff: Stepper, createStiff: () => Stepper, degree: number, limit: number, every: number) {
    this.system = nonStiff.system;
    this.degree = degree;
    this.#nonStiff = nonStiff;
    this.#createStiff = createStiff;
    this.#limit = limit;
    this.#every = every;
    this.#current = nonStiff;
  }

  get active(): Stepper {
    return this.#current;
  }

  start(t: number, y: Float64Array, how: Start = "anew"): void {
    if (how === "anew") {
      this.#current = this.#nonStiff;
      this.switches.length = 0;
    }
    this.#steps = 0;
    this.#longest = 0;
    this.#stiffCount = 0;
    this.#easyCount = 0;
    this.#current.start(t, y, how);
  }

  attempt(t: number, h: number, weights: Float64Array): number {
    this.#t = t;
    this.#h = h;
    const code = this.#current.attempt(t, h, weights);
    if (code !== STEP_OK) this.#easyCount = 0;
    else if (this.#current === this.#nonStiff && this.#steps < EARLY_STEPS && this.#isTooLong(h, weights)) {
      return this.#current.attempt(t, h, weights);
    }
    return code;
  }

  /** While the first steps grow, a step beyond the stability limit is not kept, even if its error is small.
   *  It would excite fast components that the solution does not have, and the implicit side would have to
   *  follow them. */
  #isTooLong(h: number, weights: Float64Array): boolean {
    const nonStiff = this.#nonStiff;
    if (Math.abs(h) < GROWTH * this.#longest || weightedNorm(nonStiff.error, weights) > 1) return false;
    this.#longest = Math.abs(h);
    nonStiff.rate();
    const rate = nonStiff.rate();
    if (!(Math.abs(h) * rate > this.#limit)) return false;
    this.#change(this.#stiffSide(), this.#t, rate);
    return true;
  }

  accept(): void {
    if (this.#current === this.#nonStiff) this.#acceptExplicit();
    else this.#acceptImplicit();
  }

  #acceptExplicit(): void {
    const check = ++this.#steps % this.#every === 0;
    const rate = check ? this.#nonStiff.rate() : 0;
    this.#nonStiff.accept();
    if (!check) return;
    this.#stiffCount = Math.abs(this.#h) * rate > 0.7 * this.#limit ? this.#stiffCount + 1 : 0;
    if (this.#stiffCount >= STIFF_CHECKS) this.#change(this.#stiffSide(), this.#t + this.#h, rate);
  }

  #acceptImplicit(): void {
    const rate = this.#current.rate();
    this.#current.accept();
    if (Math.abs(this.#h) * rate >= 0.5 * this.#limit) this.#easyCount = 0;
    else if (++this.#easyCount >= EASY_STEPS) this.#change(this.#nonStiff, this.#t + this.#h, rate);
  }

  #stiffSide(): Stepper {
    this.#stiff ??= this.#createStiff();
    return this.#stiff;
  }

  #change(to: Stepper, t: number, rate: number): void {
    const from = this.#current;
    to.start(t, from.y);
    this.switches.push({ t, from: from.solverName, to: to.solverName, rate });
    this.#current = to;
    this.#stiffCount = 0;
    this.#easyCount = 0;
  }

  reject(): void {
    this.#easyCount = 0;
    this.#current.reject();
  }
}
