import {
  simulate,
  type Trajectory,
  type TrajectoryRecord,
  type TrajectoryScaling,
  trainTrajectory,
  trajectoryModel,
} from "@stiffnet/core";
import { radau, solve } from "@stiffnet/integrators";
import { rober } from "@stiffnet/integrators/problems";

export const scalingNames = ["scaled", "paper", "unscaled"] as const;
export type ScalingName = (typeof scalingNames)[number];

/** `paper` scales what Kim et al. 2021 scale, by the length of the data; `scaled` by each species' own time,
 *  and what the network sees, too. */
export const scalings: Readonly<Record<ScalingName, TrajectoryScaling>> = {
  scaled: { equation: "own", loss: true, inputs: true },
  paper: { equation: "length", loss: true, inputs: false },
  unscaled: { equation: false, loss: false, inputs: false },
};

export const species = ["y1", "y2", "y3"] as const;

export type StiffNodeSettings = Readonly<
  Record<"seed" | "times" | "width" | "layers" | "epochs" | "rate", number>
>;

/** Evenly over the decades from 1e-5 to 1e5. */
export function logTimes(count: number): number[] {
  return Array.from({ length: count }, (_, k) => 10 ** (-5 + (10 * k) / (count - 1)));
}

/** Robertson's problem by Radau IIA at tight tolerances. */
export function robertson(times: readonly number[]): Trajectory {
  const run = solve(
    { ...rober, tSpan: [0, times.at(-1)!] },
    { solver: radau, rtol: 1e-10, atol: [1e-13, 1e-18, 1e-13], saveAt: times },
  );
  return { start: rober.y0, times, states: run.y };
}

export interface Learnt {
  readonly scaling: ScalingName;
  readonly status: string;
  readonly reason: string;
  /** The one with the smallest loss. */
  readonly epoch: number;
  readonly digest: string;
  /** Mean distance from Robertson's problem over the range of each species; null if the learnt system could
   *  not be solved. */
  readonly errors: readonly (number | null)[];
}

export interface LearntCurves {
  readonly scaling: ScalingName;
  readonly states: Float64Array;
}

export async function learn(
  scaling: ScalingName,
  settings: StiffNodeSettings,
  watch: { readonly signal: AbortSignal; readonly onEpoch: (record: TrajectoryRecord) => void },
  fine: Trajectory,
): Promise<{ learnt: Learnt; curves: LearntCurves }> {
  const { seed, times, width, layers, epochs, rate } = settings;
  const fresh = trajectoryModel({ variables: species, width, layers, seed });
  const run = await trainTrajectory(fresh, [robertson(logTimes(times))], {
    epochs,
    rate,
    scaling: scalings[scaling],
    signal: watch.signal,
    onEpoch: watch.onEpoch,
  });
  const { start, times: at } = fine;
  const { states } = await simulate(run.model, { start, times: at }, { solver: radau, rtol: 1e-6 });
  return {
    learnt: {
      scaling,
      status: run.status,
      reason: run.reason ?? "",
      epoch: run.epoch,
      digest: run.digest,
      errors: species.map((_, i) => meanError(states, fine.states, i)),
    },
    curves: { scaling, states },
  };
}

function meanError(own: ArrayLike<number>, truth: ArrayLike<number>, component: number): number | null {
  let [sum, count, low, high] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = component; i < truth.length; i += species.length) {
    sum += Math.abs(own[i]! - truth[i]!);
    count++;
    low = Math.min(low, truth[i]!);
    high = Math.max(high, truth[i]!);
  }
  const error = sum / count / (high - low);
  return Number.isFinite(error) ? error : null;
}
