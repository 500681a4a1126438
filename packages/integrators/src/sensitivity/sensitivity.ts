import { type SolveOptions, solveOptionNames } from "../integrate/solve-options.ts";
import type { Status } from "../integrate/status.ts";
import type { NamedParameters } from "../named-parameters.ts";
import type { OdeProblem, Stats } from "../problem.ts";

const withheld = { saveAt: true, keep: true, events: true, rates: true, bounds: true } as const;

/** Options of a run that is to be differentiated. Steps end exactly at the times in `at`. */
export interface DifferentiableOptions extends Omit<SolveOptions, keyof typeof withheld> {
  /** Times whose states the loss looks at. Default: the end alone. */
  readonly at?: ArrayLike<number>;
}

export const differentiableOptionNames: Readonly<Record<string, true>> = {
  ...Object.fromEntries(Object.entries(solveOptionNames).filter(([name]) => !(name in withheld))),
  at: true,
};

/** Derivatives of a loss with respect to the times of a run. */
export interface TimeGradients {
  /** With the start tSpan[0], y0 and everything else held fixed. */
  readonly t0: number;
  /** With the end tSpan[1], where the loss looks at it; else 0. */
  readonly t1: number;
  /** With each of the times of `at` that were reached. */
  readonly at: Float64Array;
}

/** Gradients of a scalar loss; those by times are of the exact flow, to the accuracy of the solution. */
export interface Gradients extends TimeGradients {
  /** `finished` unless a repeated or backward integration failed: the gradients are then not to be used. */
  readonly status: Status;
  /** With respect to y0 [n]. */
  readonly y0: Float64Array;
  /** With respect to the parameters [p.length], by name too where the problem names them. */
  readonly parameters: NamedParameters;
  /** The work of this pullback alone. */
  readonly stats: Stats & { readonly pullbacks: number };
}

/** A solution that gradients can be asked of. */
export interface DifferentiableSolution {
  readonly status: Status;
  readonly hint: string;
  readonly n: number;
  /** The times of `at`, and the states there, row-major [t.length, n]. Times not reached after a failure are
   *  left out. */
  readonly t: Float64Array;
  readonly y: Float64Array;
  readonly stats: Stats;
  /** Gradients of a loss whose derivatives with respect to `y` are the cotangents [t.length, n]. May be
   *  called repeatedly. */
  pullback(cotangents: ArrayLike<number>): Gradients;
}

/** A way to differentiate a solution in reverse: stateless; `run` solves and keeps what its pullback
 *  needs. */
export interface Sensitivity {
  readonly name: string;
  run(problem: OdeProblem, options?: DifferentiableOptions): DifferentiableSolution;
}
