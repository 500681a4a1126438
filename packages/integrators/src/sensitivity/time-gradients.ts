import { confine } from "../integrate/jumps.ts";
import type { System } from "../system.ts";
import { dot } from "../vectors.ts";
import type { PreparedRun } from "./prepared-run.ts";
import type { TimeGradients } from "./sensitivity.ts";

/** f at an observation, before the jump where there is one. */
export function slopeAt(run: PreparedRun, system: System, t: number, y: Float64Array): Float64Array {
  const { t0, direction, jumps } = run.plan;
  const slope = new Float64Array(system.n);
  confine(system, jumps, t, t === t0 ? direction : -direction);
  system.f(t, y, slope);
  return slope;
}

/** The derivative of a state by its own time is dy(t_k)/dt_k = f(t_k, y_k). Its derivative by the start
 *  of the run is dy(t)/dt0 = -dy(t)/dy0 f(t0, y0). Both belong to the exact flow: with the numerical
 *  solution they agree to its accuracy. `lambda` is the loss's derivative with respect to y0. */
export function timeGradients(
  run: PreparedRun,
  system: System,
  states: Float64Array,
  cotangents: Float64Array,
  lambda: Float64Array,
): TimeGradients {
  const { n } = system;
  const { t0, t1 } = run.plan;
  const at = Float64Array.from({ length: cotangents.length / n }, (_, k) => {
    const row = k * n;
    const y = states.subarray(row, row + n);
    return dot(cotangents.subarray(row, row + n), slopeAt(run, system, run.at[k]!, y));
  });
  const last = at.length - 1;
  return {
    t0: 0 - dot(lambda, slopeAt(run, system, t0, run.y0)),
    t1: last >= 0 && run.at[last] === t1 ? at[last]! : 0,
    at,
  };
}
