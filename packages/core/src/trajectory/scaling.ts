import { ConfigError } from "../errors.ts";
import type { Trajectory } from "./model.ts";

/** Scales by the range of each component in the data, range_i = max - min:
 *
 *  - equation: du_i/dt = (range_i / time_i) MLP_i. Outputs of order 1 then move every component by its range.
 *    "length" takes the length of the data as time_i. "own" takes the time in which the component first moves
 *    by half of its range.
 *  - loss: residuals are divided by range_i.
 *  - inputs: the network sees u_i / range_i. Otherwise it does not notice small components.
 *
 *  Kim, Ji, Deng, Ma and Rackauckas (Stiff neural ordinary differential equations, Chaos 31, 2021) scale the
 *  equation (by the length) and the loss. A component that is fast from its start, such as a radical, then
 *  needs outputs of length / own, which a network learns slowly. */
export interface TrajectoryScaling {
  readonly equation: "own" | "length" | false;
  readonly loss: boolean;
  readonly inputs: boolean;
}

export const allScaled: TrajectoryScaling = { equation: "own", loss: true, inputs: true };

export interface Scales {
  /** Sizes of the network's inputs, of du/dt, and of residuals. */
  readonly sizes: Float64Array;
  readonly rates: Float64Array;
  readonly loss: Float64Array;
  /** max - min of each component. */
  readonly ranges: Float64Array;
}

export function scalesOf(
  variables: readonly string[],
  trajectories: readonly Trajectory[],
  { equation, loss, inputs }: TrajectoryScaling,
): Scales {
  const n = variables.length;
  const low = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  const high = new Float64Array(n).fill(Number.NEGATIVE_INFINITY);
  let time = 0;
  for (const { start, from = 0, times, states } of trajectories) {
    time = Math.max(time, times[times.length - 1]! - from);
    for (const values of [start, states]) {
      for (let i = 0; i < values.length; i++) {
        low[i % n] = Math.min(low[i % n]!, values[i]!);
        high[i % n] = Math.max(high[i % n]!, values[i]!);
      }
    }
  }
  const ranges = high.map((top, i) => top - low[i]!);
  ranges.forEach((range, i) => {
    if (!(range > 0 && Number.isFinite(range))) {
      throw new ConfigError(
        `trainTrajectory: '${variables[i]}' has the range ${range} in the data, expected a positive number`,
      );
    }
  });
  const ones = ranges.map(() => 1);
  const own = (i: number): number => ownTime(i, n, ranges[i]!, trajectories);
  return {
    sizes: inputs ? ranges : ones,
    rates: equation ? ranges.map((range, i) => range / (equation === "own" ? own(i) : time)) : ones,
    loss: loss ? ranges : ones,
    ranges,
  };
}

/** The time in which component i first moves by half its range, averaged over the trajectories. A trajectory
 *  that never moves so far counts with its end. */
function ownTime(i: number, n: number, range: number, trajectories: readonly Trajectory[]): number {
  let sum = 0;
  for (const { start, from = 0, times, states } of trajectories) {
    let k = 0;
    while (k + 1 < times.length && Math.abs(states[k * n + i]! - start[i]!) < range / 2) k++;
    sum += times[k]! - from;
  }
  return sum / trajectories.length;
}
