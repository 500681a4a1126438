import { describe, misuse } from "../errors.ts";
import { requireNumbers, requirePositive } from "./requirements.ts";
import type { SolveOptions } from "./solve-options.ts";

export interface Grid {
  readonly times: Float64Array;
  readonly sizes: Float64Array;
}

/** Times inside the interval, strictly in the direction of integration. */
export function orderedTimes(given: ArrayLike<number>, name: string, t0: number, t1: number): Float64Array {
  if (typeof given !== "object" || given === null || typeof given.length !== "number") {
    const word = typeof given === "string" && name === "saveAt" ? ', or keep: "end"' : "";
    throw misuse("bad_time", `${name} is ${describe(given)}, expected a list of times${word}`);
  }
  const direction = t1 >= t0 ? 1 : -1;
  const times = requireNumbers(given, name, "bad_time").map((t) => snapped(t, [t0, t1]));
  times.forEach((t, i) => {
    if (!((t - t0) * direction >= 0 && (t1 - t) * direction >= 0)) {
      throw misuse("bad_time", `${name}[${i}] is ${t}, expected a time inside [${t0}, ${t1}]`);
    }
    if (i > 0 && !((t - times[i - 1]!) * direction > 0)) {
      throw misuse(
        "bad_time",
        `${name}[${i}] is ${t} after ${times[i - 1]}, expected times in the direction of integration`,
      );
    }
  });
  return times;
}

/** One of some times, if t is that but for rounding: 3 * 0.1 is 0.3. */
export function snapped(t: number, times: ArrayLike<number>): number {
  for (let i = 0; i < times.length; i++) {
    if (Math.abs(t - times[i]!) <= 4 * Number.EPSILON * Math.abs(times[i]!)) return times[i]!;
  }
  return t;
}

/** t0, t0 + every, ... as far as t1, which is one of them if it is so but for rounding. */
export function evenTimes(every: number, name: string, t0: number, t1: number): Float64Array {
  requirePositive(every, name);
  const count = Math.floor(Math.abs(t1 - t0) / every + 1e-9);
  if (!(count < 2 ** 28)) {
    throw misuse("bad_time", `${name} is ${every}: that is ${count} times from ${t0} to ${t1}`);
  }
  const h = t1 >= t0 ? every : -every;
  const times = Float64Array.from({ length: count + 1 }, (_, i) => t0 + i * h);
  if (Math.abs(t1 - times[count]!) <= 1e-9 * every) times[count] = t1;
  return times;
}

export function gridOf(options: SolveOptions, t0: number, t1: number): Grid | undefined {
  const given = [options.step, options.steps, options.grid].filter((x) => x !== undefined);
  if (given.length === 0) return undefined;
  if (given.length > 1) {
    throw misuse("bad_option", "more than one of step, steps and grid is given, expected one");
  }
  if (options.grid !== undefined) return givenGrid(options.grid, t0, t1);
  const length = t1 - t0;
  const step = requirePositive(options.step, "step");
  const count = options.steps ?? Math.max(length === 0 ? 0 : 1, Math.ceil(Math.abs(length) / step! - 1e-9));
  if (step !== undefined && !(count < 2 ** 28)) {
    throw misuse("bad_option", `step is ${step}: that is ${count} steps from ${t0} to ${t1}`);
  }
  if (!Number.isInteger(count) || count < (length === 0 ? 0 : 1)) {
    throw misuse("bad_option", `steps is ${count}, expected a positive integer`);
  }
  const h = step === undefined ? length / count : Math.sign(length) * step;
  const times = Float64Array.from({ length: count + 1 }, (_, i) => t0 + i * h);
  times[count] = t1;
  // The last one may be a sliver that is rounding alone.
  const idle = times.findIndex((t, i) => i > 0 && i < count && t === times[i - 1]);
  if (length !== 0 && idle > 0) {
    throw misuse("bad_option", `the step from t = ${times[idle]} is below its rounding, expected larger`);
  }
  const sizes = new Float64Array(count).fill(h);
  if (step !== undefined && count > 0) {
    const last = t1 - times[count - 1]!;
    // A last step that differs by rounding alone is not a different step: implicit methods keep their
    // factorisation.
    if (Math.abs(last - h) > 1e-9 * Math.abs(h)) sizes[count - 1] = last;
  }
  return { times, sizes };
}

function givenGrid(grid: ArrayLike<number>, t0: number, t1: number): Grid {
  const times = orderedTimes(grid, "grid", t0, t1);
  if (times[0] !== t0 || times[times.length - 1] !== t1) {
    throw misuse(
      "bad_time",
      `grid runs from ${times[0]} to ${times[times.length - 1]}, expected tSpan's ${t0} to ${t1}`,
    );
  }
  return { times, sizes: times.slice(1).map((t, i) => t - times[i]!) };
}
