import type { System } from "../system.ts";
import type { Start, Stepper } from "./stepper.ts";

/** Shared by steppers of one method: they own the state, and evaluate f there once. */
export abstract class StateStepper implements Stepper {
  readonly system: System;
  readonly solverName: string;
  readonly error: Float64Array;
  readonly segments: number = 1;
  readonly maxIterations: number = 0;
  readonly explicit: boolean = true;
  y: Float64Array;
  yNew: Float64Array;
  iterations = 0;
  abstract readonly errorOrder: number;
  abstract readonly degree: number;
  /** f at the state, where `hasSlope`. */
  protected readonly slopeHere: Float64Array;
  protected hasSlope = false;

  constructor(solverName: string, system: System, slopeHere: Float64Array = new Float64Array(system.n)) {
    this.system = system;
    this.solverName = solverName;
    this.slopeHere = slopeHere;
    this.y = new Float64Array(system.n);
    this.yNew = new Float64Array(system.n);
    this.error = new Float64Array(system.n);
  }

  get active(): Stepper {
    return this;
  }

  slope(t: number): Float64Array {
    if (!this.hasSlope) this.system.f(t, this.y, this.slopeHere);
    this.hasSlope = true;
    return this.slopeHere;
  }

  start(t: number, y: Float64Array, how: Start = "anew"): void {
    this.y.set(y);
    this.hasSlope = false;
    if (how === "nearby") return;
    this.system.firstSlope(t, this.y, this.slopeHere);
    this.hasSlope = true;
  }

  protected vector(): Float64Array {
    return new Float64Array(this.system.n);
  }

  protected exchange(): void {
    const previous = this.y;
    this.y = this.yNew;
    this.yNew = previous;
    this.hasSlope = false;
  }

  reject(): void {}

  moved(): void {
    this.hasSlope = false;
  }

  abstract attempt(t: number, h: number, weights: Float64Array): number;
  abstract accept(): void;
  abstract polynomial(out: Float64Array, offset: number, segment: number): void;
  abstract rate(): number;
}
