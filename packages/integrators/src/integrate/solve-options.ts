import type { NamedParameters } from "../named-parameters.ts";
import type { Stats } from "../problem.ts";
import type { Solver } from "../solvers/solver.ts";

/** A function of the state whose zeros are looked for along the solution. It may carry the fields of an
 *  `EventSpec`, as in SciPy: `hit.terminal = true`. */
export type EventFunction = (t: number, y: Float64Array, p: NamedParameters) => number;

/** An event with more to say than where it is. */
export interface EventSpec {
  readonly value: EventFunction;
  /** 1: only zeros where the value rises along the direction of integration. -1: only where it falls.
   *  0 (default): both. */
  readonly direction?: -1 | 0 | 1;
  /** Ends the integration, with status `event` and the state at the zero. `true`: at the first zero. A
   *  number: at the zero of that number. */
  readonly terminal?: boolean | number;
  /** Writes a new state into y, and may write parameters into p, which hold until the run's end. Integration
   *  restarts from there. Needs adaptive steps. */
  readonly action?: (t: number, y: Float64Array, p: NamedParameters) => void;
  /** Whether zeros are kept in `events` (default), or only counted in `eventCounts`, for very many zeros. */
  readonly record?: boolean;
  readonly name?: string;
}

/** State of a run after an accepted step. */
export interface Progress {
  readonly t: number;
  /** The state at t. It is the solver's own: copy what is to be kept. */
  readonly y: Float64Array;
  /** The part of the interval that is done, from 0 to 1. */
  readonly fraction: number;
  readonly stats: Readonly<Stats>;
}

/** One number for all unknowns, or one for each. */
export interface Bounds {
  readonly lower?: number | ArrayLike<number>;
  readonly upper?: number | ArrayLike<number>;
}

export interface SolveOptions {
  /** Default: `auto()`. */
  readonly solver?: Solver;
  /** The local error of a step stays below atol_i + rtol max(|y_i|, |y_new,i|) in the root mean square.
   *  Default 1e-6. */
  readonly rtol?: number;
  /** One value, or one for each unknown. Default 1e-9. */
  readonly atol?: number | ArrayLike<number>;
  readonly firstStep?: number;
  readonly maxStep?: number;
  /** A step that would have to be smaller ends the run with `step_too_small`. Default: the rounding of t. */
  readonly minStep?: number;
  /** Accepted and refused steps together. The default is 1,000,000, and 50 more for every time of
   *  `tStops`; fixed steps have no limit. Without this option an explicit method limited by stability
   *  ends with `stiff` if more than 50,000 steps are left. */
  readonly maxSteps?: number;
  /** A limit on calls of f; the run then ends with `evaluation_limit_reached`. */
  readonly maxEvaluations?: number;
  /** A limit on the elapsed time; the run then ends with `time_limit_reached`, inside of a step if need
   *  be. */
  readonly maxSeconds?: number;
  /** A limit on the bytes of states and dense output; the run then ends with `memory_limit_reached`.
   *  Default 2^30. */
  readonly maxMemory?: number;
  /** Ends the run with `aborted`: asked before every step, and inside of long ones. Only `solveAsync` lets
   *  others run, between steps. */
  readonly signal?: { readonly aborted: boolean };
  /** Called after every step that is kept; `false` ends the run with `stopped`. */
  readonly onStep?: (progress: Progress) => unknown;
  /** Fixed steps: this size (the last one may be shorter), this number of equal steps, or these times. At
   *  most one of the three. Error control is then off: `firstStep`, `maxStep` and `minStep` are refused, and
   *  tolerances only decide when Newton's iteration stops (default 1e-10). */
  readonly step?: number;
  readonly steps?: number;
  readonly grid?: ArrayLike<number>;
  /** Times at which the solution's `t` and `y` hold the state, by dense output. A list, or a constant
   *  distance. Default: the ends of all steps. */
  readonly saveAt?: number | ArrayLike<number>;
  /** The part of the solution to keep: the `"end"` , the times of `saveAt` (the default with it), the
   *  ends of all `"steps"`, or `"all"`. `"all"` includes the dense output that `solution.at(t)` needs,
   *  and is the default without `saveAt`. */
  readonly keep?: "end" | "saveAt" | "steps" | "all";
  readonly events?: readonly (EventFunction | EventSpec)[];
  /** A list of times at which f or a derivative of f may jump, in the direction of integration. A step
   *  ends at each of these times, and the next step starts without a history. Each step evaluates f on
   *  its own side of the jump, away from it by a unit in the last place of t. */
  readonly tStops?: ArrayLike<number>;
  /** Bounds of the unknowns: `{ lower: 0 }` for all, or a list of one for each (-Infinity for none).
   *  A step that ends outside by less than the tolerance is moved onto the bound. A step that ends farther
   *  outside is refused and made smaller. If f itself points out of a bound, or equations without a
   *  derivative hold outside, the run ends with `bounds_violated`. Dense output is cut off at the bounds.
   *  Stages inside a step may lie outside, and f must have values there. Needs adaptive steps. */
  readonly bounds?: Bounds;
  /** Record an estimate of the spectral radius of every step in `solution.rates`. It comes from the current
   *  Jacobian (a bound by its norms), or in explicit methods from one more evaluation of f for each step. */
  readonly rates?: boolean;
  /** Newton's iterations stop at this fraction of the tolerance. Default: 0.01 (0.1 with fixed steps), and
   *  0.003 if the method is far more exact than its error estimate (radau). At least the rounding. GMRES
   *  stops at a part of it. Refused where the method has neither. */
  readonly newtonTolerance?: number;
}

type Checks<T> = { readonly [K in keyof Required<T>]: true };

/** The names of options; other names are refused. */
export const solveOptionNames: Checks<SolveOptions> = {
  solver: true,
  rtol: true,
  atol: true,
  firstStep: true,
  maxStep: true,
  minStep: true,
  maxSteps: true,
  maxEvaluations: true,
  maxSeconds: true,
  maxMemory: true,
  signal: true,
  onStep: true,
  step: true,
  steps: true,
  grid: true,
  saveAt: true,
  keep: true,
  events: true,
  tStops: true,
  bounds: true,
  rates: true,
  newtonTolerance: true,
};
