import type { Linearisation, ShiftedSolver } from "../jacobian/linearisation.ts";
import type { System } from "../system.ts";

/** The error of linear systems, where there is one, as a part of that of Newton's iteration. */
export const LINEAR_PART = 0.1;

/** The Jacobian that simplified Newton iterations share, and whether it is still good enough to keep. */
export class JacobianKeeper {
  readonly linearisation: Linearisation;
  /** Evaluated at the current state. */
  fresh = false;
  /** The next step should evaluate it anew. */
  wanted = true;
  /** Counts evaluations, so that factorisations know which Jacobian they hold. */
  version = 0;

  constructor(linearisation: Linearisation) {
    this.linearisation = linearisation;
  }

  /** False when the Jacobian is not finite. */
  ensure(t: number, y: Float64Array, weights: Float64Array, h: number, slope?: Float64Array): boolean {
    if (!this.wanted || this.fresh) return true;
    this.version++;
    const finite = this.linearisation.take(t, y, weights, h, slope);
    this.fresh = finite;
    this.wanted = !finite;
    return finite;
  }

  /** At another state than the step's, for an iteration that has to converge because the step cannot be made
   *  smaller. */
  evaluateAt(t: number, y: Float64Array, weights: Float64Array, h: number): boolean {
    this.version++;
    this.fresh = false;
    this.wanted = true;
    return this.linearisation.take(t, y, weights, h);
  }

  /** The state has moved on; `slow` says that Newton's iteration had trouble with this Jacobian. */
  moved(slow: boolean): void {
    this.fresh = false;
    if (slow) this.wanted = true;
  }

  rate(): number {
    return this.version === 0 ? Number.NaN : this.linearisation.normBound();
  }
}

/** A factorisation for a shift, redone only when the shift or J has changed. */
export class Kept {
  protected readonly system: System;
  readonly #keeper: JacobianKeeper;
  readonly #factor: (re: number, im: number) => boolean;
  /** The shift of the factorisation at hand. */
  shift: number = Number.NaN;
  #im = 0;
  #version = -1;

  constructor(system: System, keeper: JacobianKeeper, factor: (re: number, im: number) => boolean) {
    this.system = system;
    this.#keeper = keeper;
    this.#factor = factor;
  }

  ensure(re: number, im = 0): boolean {
    const { version } = this.#keeper;
    if (re === this.shift && im === this.#im && version === this.#version) return true;
    this.system.stats.factorisations++;
    const regular = this.#factor(re, im);
    this.shift = regular ? re : Number.NaN;
    this.#im = im;
    this.#version = version;
    return regular;
  }

  forget(): void {
    this.shift = Number.NaN;
  }

  /** Leaves a factorisation of this Jacobian alone whose shift is off by less than `part`. */
  ensureNear(shift: number, part: number): boolean {
    const near = Math.abs(this.shift / shift - 1) < part && this.#version === this.#keeper.version;
    return near || this.ensure(shift);
  }
}

/** The one of shift M - J. */
export class KeptLu extends Kept {
  readonly #solver: ShiftedSolver;

  /** @param newtonTolerance an iterative solver stops at a part of it */
  constructor(system: System, keeper: JacobianKeeper, newtonTolerance: number) {
    const solver = keeper.linearisation.newSolver(LINEAR_PART * newtonTolerance);
    super(system, keeper, (shift) => solver.factor(shift));
    this.#solver = solver;
  }

  /** False when an iterative solver has not converged. */
  solve(b: Float64Array): boolean {
    this.system.stats.solves++;
    return this.#solver.solve(b);
  }
}
