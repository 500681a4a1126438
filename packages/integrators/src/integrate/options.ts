import { IntegratorError } from "../errors.ts";
import type { OdeProblem } from "../problem.ts";
import type { Solver } from "../solvers/solver.ts";

/** A scalar function of the state whose zeros are looked for along the solution. */
export interface EventSpec {
  readonly value: (t: number, y: Float64Array, p: Float64Array) => number;
  /** 1: only where it rises through zero along the direction of integration, -1: only where it falls, 0
   *  (default): both. */
  readonly direction?: -1 | 0 | 1;
  /** Ends the integration, with status `event` and the state at the zero. */
  readonly terminal?: boolean;
  readonly name?: string;
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
  readonly largestStep?: number;
  /** A step that would have to be smaller ends the run with `step_too_small`. Default: the rounding of t. */
  readonly smallestStep?: number;
  /** Accepted and refused steps together. Default 1,000,000. */
  readonly maxSteps?: number;
  /** Fixed steps: this size (the last one shorter if need be), this number of equal steps, or these times. At
   *  most one of the three; error control is then off, and tolerances only say when Newton's iteration stops
   *  (default 1e-10). */
  readonly step?: number;
  readonly steps?: number;
  readonly grid?: ArrayLike<number>;
  /** What `t` and `y` of the solution hold: every step (default), these times by dense output, or the end
   *  alone. */
  readonly saveAt?: "steps" | "end" | ArrayLike<number>;
  /** Keep what `solution.at(t)` needs. Default: only when `saveAt` is not given. */
  readonly dense?: boolean;
  readonly events?: readonly EventSpec[];
  /** Times at which f, or a derivative of it, may jump, in the direction of integration. A step ends at each and the next begins
   *  anew; each evaluates f on its own side, by a unit in the last place of t, whichever side f's own comparison has. */
  readonly stopAt?: ArrayLike<number>;
  /** Record the spectral radius estimate of every step in `solution.rates`: from the Jacobian at hand (a
   *  bound by its norms), or by one more evaluation of f a step in explicit methods. */
  readonly rates?: boolean;
  /** Newton's iterations stop at this fraction of the tolerance. Default: 0.01 (0.1 with fixed steps), kept
   *  above rounding. */
  readonly newtonTolerance?: number;
}

/** Options with everything decided. */
export interface Plan {
  readonly t0: number;
  readonly t1: number;
  readonly rtol: number;
  readonly atol: Float64Array;
  readonly firstStep: number | undefined;
  readonly largestStep: number;
  readonly smallestStep: number;
  readonly maxSteps: number;
  /** The times of fixed steps, and their sizes; undefined when steps adapt. */
  readonly grid: { readonly times: Float64Array; readonly sizes: Float64Array } | undefined;
  readonly saveAt: "steps" | "end" | Float64Array;
  readonly dense: boolean;
  readonly events: readonly EventSpec[];
  /** Times that steps end at. */
  readonly stops: Float64Array;
  /** Those of them where f may jump. */
  readonly jumps: Float64Array;
  readonly rates: boolean;
  readonly newtonTolerance: number;
}

export function planOf(problem: OdeProblem, options: SolveOptions): Plan {
  const n = requireState(problem);
  const [t0, t1] = requireSpan(problem);
  const grid = gridOf(options, t0, t1);
  const rtol = options.rtol ?? (grid ? 1e-10 : 1e-6);
  if (!(rtol >= 0 && rtol < 1)) {
    throw new IntegratorError(`rtol is ${rtol}, expected a number from 0 to 1`, { code: "bad_tolerance" });
  }
  const atol = atolOf(options.atol ?? (grid ? 1e-12 : 1e-9), n);
  if (rtol === 0 && atol.some((x) => x === 0)) {
    throw new IntegratorError(
      `rtol is 0 and atol[${atol.indexOf(0)}] is 0: no step can be that accurate, expected one of them above 0`,
      { code: "bad_tolerance" },
    );
  }
  const jumps = orderedTimes(options.stopAt ?? [], "stopAt", t0, t1);
  const rounding = rtol > 0 ? (10 * Number.EPSILON) / rtol : 0;
  return {
    t0,
    t1,
    rtol,
    atol,
    firstStep: positive(options.firstStep, "firstStep"),
    largestStep: positive(options.largestStep, "largestStep") ?? Number.POSITIVE_INFINITY,
    smallestStep: positive(options.smallestStep, "smallestStep") ?? 0,
    maxSteps: positive(options.maxSteps, "maxSteps") ?? 1_000_000,
    grid,
    saveAt: saveAtOf(options, t0, t1),
    dense: options.dense ?? options.saveAt === undefined,
    events: options.events ?? [],
    stops: jumps,
    jumps,
    rates: options.rates ?? false,
    newtonTolerance:
      positive(options.newtonTolerance, "newtonTolerance") ?? Math.max(rounding, grid ? 0.1 : 0.01),
  };
}

function requireState(problem: OdeProblem): number {
  const { y0 } = problem;
  if (y0.length === 0) {
    throw new IntegratorError("y0 is empty, expected at least one unknown", { code: "empty_state" });
  }
  requireFinite(y0, "y0");
  if (problem.parameters !== undefined) requireFinite(problem.parameters, "parameters");
  return y0.length;
}

function requireSpan(problem: OdeProblem): readonly [number, number] {
  const [t0, t1] = problem.tSpan;
  if (!Number.isFinite(t0) || !Number.isFinite(t1)) {
    throw new IntegratorError(`tSpan is [${t0}, ${t1}], expected two finite times`, { code: "bad_time" });
  }
  return problem.tSpan;
}

function requireFinite(values: ArrayLike<number>, name: string): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new IntegratorError(`${name}[${i}] is ${values[i]}, expected a finite number`, {
        code: "not_finite",
      });
    }
  }
}

function positive(value: number | undefined, name: string): number | undefined {
  if (value !== undefined && !(value > 0)) {
    throw new IntegratorError(`${name} is ${value}, expected a positive number`, { code: "bad_option" });
  }
  return value;
}

function atolOf(given: number | ArrayLike<number>, n: number): Float64Array {
  const atol = typeof given === "number" ? new Float64Array(n).fill(given) : Float64Array.from(given);
  if (atol.length !== n) {
    throw new IntegratorError(`atol has ${atol.length} entries, expected ${n} (the unknowns)`, {
      code: "shape_mismatch",
    });
  }
  atol.forEach((x, i) => {
    if (!(x >= 0 && x < Number.POSITIVE_INFINITY)) {
      throw new IntegratorError(`atol[${i}] is ${x}, expected a finite number, 0 or more`, {
        code: "bad_tolerance",
      });
    }
  });
  return atol;
}

function saveAtOf(options: SolveOptions, t0: number, t1: number): "steps" | "end" | Float64Array {
  const { saveAt = "steps" } = options;
  if (saveAt === "steps" || saveAt === "end") return saveAt;
  return orderedTimes(saveAt as ArrayLike<number>, "saveAt", t0, t1);
}

/** Times inside the interval, strictly in the direction of integration. */
export function orderedTimes(given: ArrayLike<number>, name: string, t0: number, t1: number): Float64Array {
  const times = Float64Array.from(given);
  const direction = t1 >= t0 ? 1 : -1;
  times.forEach((t, i) => {
    if (!((t - t0) * direction >= 0 && (t1 - t) * direction >= 0)) {
      throw new IntegratorError(`${name}[${i}] is ${t}, expected a time inside [${t0}, ${t1}]`, {
        code: "bad_time",
      });
    }
    if (i > 0 && !((t - times[i - 1]!) * direction > 0)) {
      throw new IntegratorError(
        `${name}[${i}] is ${t} after ${times[i - 1]}, expected times in the direction of integration`,
        { code: "bad_time" },
      );
    }
  });
  return times;
}

function gridOf(options: SolveOptions, t0: number, t1: number): Plan["grid"] {
  const given = [options.step, options.steps, options.grid].filter((x) => x !== undefined);
  if (given.length === 0) return undefined;
  if (given.length > 1) {
    throw new IntegratorError("more than one of step, steps and grid is given, expected one", {
      code: "bad_option",
    });
  }
  if (options.grid !== undefined) return givenGrid(options.grid, t0, t1);
  const length = t1 - t0;
  const step = positive(options.step, "step");
  const count = options.steps ?? Math.max(length === 0 ? 0 : 1, Math.ceil(Math.abs(length) / step! - 1e-9));
  if (!Number.isInteger(count) || count < (length === 0 ? 0 : 1)) {
    throw new IntegratorError(`steps is ${count}, expected a positive integer`, { code: "bad_option" });
  }
  const h = step === undefined ? length / count : Math.sign(length) * step;
  const times = Float64Array.from({ length: count + 1 }, (_, i) => t0 + i * h);
  times[count] = t1;
  const sizes = new Float64Array(count).fill(h);
  if (step !== undefined && count > 0) {
    const last = t1 - times[count - 1]!;
    // A last step that differs by rounding alone is not a different step: implicit methods keep their
    // factorisation.
    if (Math.abs(last - h) > 1e-9 * Math.abs(h)) sizes[count - 1] = last;
  }
  return { times, sizes };
}

function givenGrid(grid: ArrayLike<number>, t0: number, t1: number): Plan["grid"] {
  const times = orderedTimes(grid, "grid", t0, t1);
  if (times[0] !== t0 || times[times.length - 1] !== t1) {
    throw new IntegratorError(
      `grid runs from ${times[0]} to ${times[times.length - 1]}, expected tSpan's ${t0} to ${t1}`,
      { code: "bad_time" },
    );
  }
  return { times, sizes: times.slice(1).map((t, i) => t - times[i]!) };
}
