import { misuse } from "../errors.ts";
import type { System } from "../system.ts";
import { allFinite, largest } from "../vectors.ts";
import { cubicPolynomial } from "./dense-polynomial.ts";
import { StateStepper } from "./state-stepper.ts";
import { STEP_NON_FINITE, STEP_OK, type Start, type StepperSettings } from "./stepper.ts";

/** Steps of compositions of Stormer and Verlet's method for y = (q, v), where q' depends on v only and v'
 *  on q and t only. Each part of a step is half a kick, a drift and half a kick. */
export class PartitionedStepper extends StateStepper {
  readonly errorOrder: number;
  readonly degree: number = 3;
  readonly #parts: readonly number[];
  /** f at the last state asked for: its first half after a kick, its second half after a drift. Between steps
   *  the second half is that of the state. */
  readonly #f = this.vector();
  /** f at the start and at the end of the step. */
  readonly #endSlope = this.vector();
  #t = 0;
  #h = 0;

  constructor(
    name: string,
    order: number,
    parts: readonly number[],
    system: System,
    settings: StepperSettings,
  ) {
    const { n } = system;
    if (settings.adaptive) {
      throw misuse(
        "bad_option",
        `${name} needs fixed steps (step, steps or grid): it no longer conserves its invariants when the step changes`,
      );
    }
    if (n % 2 !== 0) {
      throw misuse(
        "shape_mismatch",
        `${name}: y0 has ${n} entries, expected positions and as many velocities`,
      );
    }
    super(name, system);
    this.errorOrder = order;
    this.#parts = parts;
  }

  override start(t: number, y: Float64Array, how: Start = "anew"): void {
    super.start(t, y, how);
    if (how === "anew") this.#requireSeparate(t, y);
    this.#f.set(this.slopeHere);
  }

  /** A force that depends on the velocities, or velocities that depend on the positions, take the order. */
  #requireSeparate(t: number, y: Float64Array): void {
    const half = y.length / 2;
    const moved = new Float64Array(2 * half);
    const scale = largest(y) || 1;
    for (const [first, what] of [
      [half, "the second half of f (forces) depends on the second half of y (velocities)"],
      [0, "the first half of f (velocities) depends on the first half of y (positions)"],
    ] as const) {
      for (let i = 0; i < 2 * half; i++) {
        const inside = i >= first && i < first + half;
        moved[i] = y[i]! + (inside ? 2 ** -10 * (Math.abs(y[i]!) + scale) : 0);
      }
      this.system.f(t, moved, this.#f);
      for (let i = first; i < first + half; i++) {
        const change = Math.abs(this.#f[i]! - this.slopeHere[i]!);
        if (!(change > 1e-10 * Math.abs(this.slopeHere[i]!))) continue;
        throw misuse(
          "bad_solver",
          `${this.solverName}: ${what}: the method would fall to order 1, expected a Runge-Kutta method such as rk4`,
        );
      }
    }
  }

  attempt(t: number, h: number): number {
    const { system, yNew } = this;
    const f = this.#f;
    const half = yNew.length / 2;
    this.#t = t;
    this.#h = h;
    yNew.set(this.y);
    let time = t;
    for (const part of this.#parts) {
      const size = part * h;
      for (let i = half; i < yNew.length; i++) yNew[i] = yNew[i]! + 0.5 * size * f[i]!;
      system.f(time, yNew, f);
      for (let i = 0; i < half; i++) yNew[i] = yNew[i]! + size * f[i]!;
      time += size;
      system.f(time, yNew, f);
      for (let i = half; i < yNew.length; i++) yNew[i] = yNew[i]! + 0.5 * size * f[i]!;
    }
    return allFinite(yNew) ? STEP_OK : STEP_NON_FINITE;
  }

  accept(): void {
    this.exchange();
  }

  polynomial(out: Float64Array, offset: number): void {
    const [t, h] = [this.#t, this.#h];
    const first = this.slope(t);
    this.system.f(t + h, this.yNew, this.#endSlope);
    cubicPolynomial(this.y, this.yNew, first, this.#endSlope, h, out, offset);
  }

  rate(): number {
    return Number.NaN;
  }
}
