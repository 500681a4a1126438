import type { System } from "../system.ts";

/** Outcome of an attempted step. */
export const STEP_OK = 0;
export const STEP_NEWTON_FAILED = 1;
export const STEP_NON_FINITE = 2;
export const STEP_SINGULAR = 3;

export interface StepperSettings {
  /** Newton stops when its error is this fraction of the error weights. */
  readonly newtonTolerance: number;
  /** Whether `error` is wanted. */
  readonly adaptive: boolean;
  /** The relative tolerance that steps adapt to. */
  readonly rtol?: number | undefined;
}

/** A change of side of a switching solver, and the spectral radius (1/time) that caused it. */
export interface Switch {
  readonly t: number;
  readonly from: string;
  readonly to: string;
  readonly rate: number;
}

/** "anew" (the default) forgets everything. "jump" says that f or the state has jumped; a switching stepper
 *  then keeps its side. "nearby" says that the state is close to the last one, and that the Jacobian may be
 *  kept. */
export type Start = "anew" | "jump" | "nearby";

/** The moving part of a solver: it owns the arrays of one integration and knows how to try, keep and describe
 *  a step. Attempts allocate nothing. The driver decides on sizes and keeps the books. */
export interface AnyStepper {
  readonly system: System;
  /** The highest degree of the polynomials of its steps. */
  readonly degree: number;
  /** The one that takes the steps. It changes with `start`, `attempt`, `accept` and `reject` where a solver
   *  changes sides. */
  readonly active: Stepper;
  /** The changes of sides since the start. */
  readonly switches?: readonly Switch[];

  start(t: number, y: Float64Array, how?: Start): void;
  /** Tries a step of h from t: fills `yNew` and `error`. `weights` are the error weights at y. */
  attempt(t: number, h: number, weights: Float64Array): number;
  /** The step is kept: `y` and `yNew` change places. */
  accept(): void;
  /** The attempt was refused by the error estimate. */
  reject(): void;
}

/** Of one method. */
export interface Stepper extends AnyStepper {
  readonly solverName: string;
  /** The state at the current time; exchanged with `yNew` by `accept`. */
  readonly y: Float64Array;
  readonly yNew: Float64Array;
  /** The local error estimate of the last attempt. */
  readonly error: Float64Array;
  /** The estimate behaves like h^(errorOrder + 1). */
  readonly errorOrder: number;
  /** Newton's iterations in the last attempt, and the most it takes; 0 where there are none. With an
   *  iteration small changes of the step are worth avoiding, because they cost a factorisation. */
  readonly iterations: number;
  readonly maxIterations: number;
  /** No Jacobian, no linear solves. */
  readonly explicit: boolean;
  /** A step is this many steps of the method, of equal size, each with its polynomial. */
  readonly segments: number;

  /** f(t, y) at the current state. */
  slope(t: number): Float64Array;
  /** Tells that entries of `y` were moved, each by less than the tolerance: f there is out of date. */
  moved(): void;
  /** The factor for the next step, of steppers that choose it with their order; asked before `accept`. */
  proposal?(err: number, weights: Float64Array): number | undefined;
  /** Coefficients of the solution over a segment, in the monomials 1, x, ..., x^degree for 0 <= x <= 1:
   *  (degree + 1) rows of n from `offset`. Call it after a successful attempt and before `accept`. */
  polynomial(out: Float64Array, offset: number, segment: number): void;
  /** An estimate of the spectral radius of df/dy along the last attempt, in 1/time, or NaN. */
  rate(): number;
  /** An estimate of the rounding that linear systems have left in the state, in the unit of the error
   *  weights. It is carried from step to step, from the first call on. Call it before a step of h is kept.
   *  Not there where rounding is of no concern. */
  rounding?(h: number, weights: Float64Array): number;
}
