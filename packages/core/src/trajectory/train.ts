import { digestOf } from "@stiffnet/base";
import type { DifferentiableSolution, OdeProblem } from "@stiffnet/integrators";
import { requireSame } from "../fingerprint.ts";
import { plateauStep } from "../plateau.ts";
import { power } from "../power.ts";
import { type Trajectory, type TrajectoryModel, trajectoryProblem } from "./model.ts";
import {
  requireOptions,
  requireTrajectories,
  type TrainTrajectoryOptions,
  type TrajectoryRecord,
  type TrajectoryState,
} from "./options.ts";
import { allScaled, type Scales, scalesOf } from "./scaling.ts";

export interface TrajectoryResult {
  /** "diverged": the field could not be solved, or the loss was not finite. */
  readonly status: "finished" | "diverged" | "interrupted";
  readonly reason?: string;
  /** Of the epoch with the smallest loss. */
  readonly model: TrajectoryModel;
  readonly epoch: number;
  readonly history: readonly TrajectoryRecord[];
  readonly digest: string;
  readonly state: TrajectoryState;
}

const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-8;

/** Learns the field of du/dt = f(u) from trajectories, by Adam on all of them at once: each is solved from its start, and the
 *  solver's own steps are differentiated in reverse (discretise, then optimise), so that stiff fields can be passed
 *  through. The result is a function of model, data and options alone, to the bit. Misuse throws. */
export async function trainTrajectory(
  model: TrajectoryModel,
  trajectories: readonly Trajectory[],
  options: TrainTrajectoryOptions,
): Promise<TrajectoryResult> {
  const { variables } = model.config;
  requireTrajectories(variables, trajectories);
  const { rate, plateau, loss, clip } = requireOptions(options);
  const scales = scalesOf(variables, trajectories, { ...allScaled, ...options.scaling });
  const scaled = { ...model, sizes: scales.sizes, rates: scales.rates };
  const { discrete, rodas3 } = await import("@stiffnet/integrators");
  const { solver = rodas3, rtol = 1e-3, maxSteps = 5000 } = options;
  const atol = options.atol ?? scales.ranges.map((range) => 1e-6 * range);
  const sensitivity = discrete();
  const problem = trajectoryProblem(scaled);
  const fingerprint = fingerprintOf(model, trajectories, {
    ...{ rate, clip, loss, rtol, atol: Array.from(typeof atol === "number" ? [atol] : atol), maxSteps },
    ...{ plateau: plateau ?? "none", scaling: { ...allScaled, ...options.scaling }, solver: solver.name },
  });
  if (options.resume) requireSame(options.resume.fingerprint, fingerprint, "trainTrajectory");
  const count = trajectories.reduce((sum, { states }) => sum + states.length, 0);

  const size = model.parameters.length;
  const parameters = (options.resume?.parameters ?? model.parameters).slice();
  const first = options.resume?.first.slice() ?? new Float64Array(size);
  const second = options.resume?.second.slice() ?? new Float64Array(size);
  const history = options.resume?.history.slice() ?? [];
  let {
    epoch,
    plateau: pace,
    best,
    bestParameters,
  } = options.resume ?? {
    epoch: 0,
    plateau: { rate, best: Number.POSITIVE_INFINITY, bad: 0, cooling: 0 },
    best: { epoch: 0, loss: Number.POSITIVE_INFINITY },
    bestParameters: parameters.slice(),
  };
  let status: TrajectoryResult["status"] = "finished";
  let reason: string | undefined;
  let paused = performance.now();

  while (epoch < options.epochs) {
    if (options.signal && performance.now() - paused > 50) {
      // The event loop must turn for a signal to arrive.
      await new Promise((resolve) => setImmediate(resolve));
      paused = performance.now();
    }
    if (options.signal?.aborted) {
      status = "interrupted";
      reason = `stopped in epoch ${epoch + 1} of ${options.epochs}`;
      break;
    }
    const runs = trajectories.map(({ start, from = 0, times }) =>
      sensitivity.run(
        { ...problem, parameters, y0: start, tSpan: [from, times[times.length - 1]!] } satisfies OdeProblem,
        { solver, rtol, atol, maxSteps, at: times },
      ),
    );
    const failure = runs.find((run) => run.status !== "finished");
    const found = failure ? undefined : lossOf(loss, runs, trajectories, scales, count);
    if (!found || !Number.isFinite(found.loss)) {
      status = "diverged";
      const what = failure
        ? `the field could not be solved: ${failure.hint}`
        : `the loss became ${found?.loss}`;
      reason = `epoch ${epoch + 1}: ${what}; scale equation and loss, or lower the rate`;
      break;
    }
    const gradient = new Float64Array(size);
    runs.forEach((run, k) => {
      run.pullback(found.cotangents[k]!).parameters.forEach((g, i) => {
        gradient[i]! += g;
      });
    });
    if (found.loss < best.loss) {
      best = { epoch, loss: found.loss };
      bestParameters = parameters.slice();
    }
    const steps = runs.reduce((sum, run) => sum + run.stats.steps, 0);
    const record = { epoch: ++epoch, loss: found.loss, errors: found.errors, rate: pace.rate, steps };
    history.push(record);
    shorten(gradient, clip);
    adam(parameters, first, second, gradient, pace.rate, epoch);
    if (plateau) pace = plateauStep(pace, found.loss, plateau);
    options.onEpoch?.(record);
  }
  return {
    status,
    ...(reason === undefined ? {} : { reason }),
    model: { ...scaled, parameters: bestParameters },
    epoch: best.epoch,
    history,
    digest: digestOf(bestParameters),
    state: {
      fingerprint,
      epoch,
      plateau: pace,
      history: history.slice(),
      best,
      parameters: parameters.slice(),
      first: first.slice(),
      second: second.slice(),
      bestParameters: bestParameters.slice(),
    },
  };
}

function fingerprintOf(
  model: TrajectoryModel,
  trajectories: readonly Trajectory[],
  settings: object,
): Record<string, string> {
  const data = trajectories.flatMap(({ start, from = 0, times, states }) => [
    from,
    ...Array.from(start),
    ...Array.from(times),
    ...Array.from(states),
  ]);
  const start = digestOf(model.parameters);
  const values = { model: model.config, start, data: digestOf(Float64Array.from(data)), ...settings };
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, JSON.stringify(value)]));
}

function lossOf(
  kind: "mae" | "rmse",
  runs: readonly DifferentiableSolution[],
  trajectories: readonly Trajectory[],
  { loss: scale, ranges }: Scales,
  count: number,
): { loss: number; errors: number[]; cotangents: Float64Array[] } {
  const n = scale.length;
  const errors = new Array<number>(n).fill(0);
  let total = 0;
  const cotangents = runs.map((run, k) => {
    const { states } = trajectories[k]!;
    return run.y.map((y, at) => {
      const i = at % n;
      const residual = y - states[at]!;
      errors[i]! += (Math.abs(residual) * n) / (count * ranges[i]!);
      const r = residual / scale[i]!;
      total += kind === "mae" ? Math.abs(r) : r * r;
      return (kind === "mae" ? Math.sign(r) : r) / scale[i]!;
    });
  });
  const loss = kind === "mae" ? total / count : Math.sqrt(total / count);
  // The root has no derivative at 0, where nothing is left to learn.
  const factor = kind === "mae" ? 1 / count : loss === 0 ? 0 : 1 / (count * loss);
  for (const cotangent of cotangents) for (let i = 0; i < cotangent.length; i++) cotangent[i]! *= factor;
  return { loss, errors, cotangents };
}

function shorten(gradient: Float64Array, largest: number): void {
  let square = 0;
  for (const g of gradient) square += g * g;
  const factor = largest / Math.sqrt(square);
  if (factor < 1) for (let i = 0; i < gradient.length; i++) gradient[i]! *= factor;
}

function adam(
  parameters: Float64Array,
  first: Float64Array,
  second: Float64Array,
  gradient: Float64Array,
  rate: number,
  time: number,
): void {
  const [p1, p2] = [power(beta1, time), power(beta2, time)];
  for (let i = 0; i < parameters.length; i++) {
    const g = gradient[i]!;
    first[i] = beta1 * first[i]! + (1 - beta1) * g;
    second[i] = beta2 * second[i]! + (1 - beta2) * g * g;
    const size = Math.sqrt(second[i]! / (1 - p2)) + epsilon;
    parameters[i] = parameters[i]! - (rate * first[i]!) / ((1 - p1) * size);
  }
}
