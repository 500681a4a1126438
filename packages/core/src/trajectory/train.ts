import { createDigest, digestOf, withDefaults } from "@stiffnet/base";
import type { DifferentiableSolution, OdeProblem } from "@stiffnet/integrators";
import { adamStep64 } from "../adam.ts";
import { requireSame } from "../fingerprint.ts";
import { interruption } from "../interruption.ts";
import { plateauStep } from "../plateau.ts";
import { requireTrajectoryModel, type Trajectory, type TrajectoryModel, trajectoryProblem } from "./model.ts";
import {
  requireTrajectories,
  type TrainTrajectoryOptions,
  type TrajectoryRecord,
  type TrajectoryState,
  trajectorySettings,
} from "./options.ts";
import { allScaled, type Scales, scalesOf } from "./scaling.ts";

export interface TrajectoryResult {
  /** "diverged": the field could not be solved, or the loss or its gradient was not finite. */
  readonly status: "finished" | "diverged" | "interrupted";
  readonly reason?: string;
  /** The model of the epoch with the smallest loss. */
  readonly model: TrajectoryModel;
  readonly epoch: number;
  readonly history: readonly TrajectoryRecord[];
  readonly digest: string;
  readonly state: TrajectoryState;
}

const moments = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** Learns the field of du/dt = f(u) from trajectories, by Adam on all of them at once. Each trajectory is
 *  solved from its start. The solver's own steps are differentiated in reverse (discretise, then optimise),
 *  which works for stiff fields too. The result is a function of model, data and options alone, to
 *  the bit. Misuse throws. */
export async function trainTrajectory(
  model: TrajectoryModel,
  trajectories: readonly Trajectory[],
  options: TrainTrajectoryOptions,
): Promise<TrajectoryResult> {
  const { rate, clip, plateau: rule, loss: kind } = trajectorySettings(options);
  requireTrajectoryModel("trainTrajectory", model);
  requireTrajectories(model.config.variables, trajectories);
  const { discrete, rodas3 } = await import("@stiffnet/integrators");
  const { solver = rodas3, rtol = 1e-3, maxSteps = 5000, resume } = options;
  const scaling = withDefaults(allScaled, options.scaling);
  const scales = scalesOf(model.config.variables, trajectories, scaling);
  const atol = options.atol ?? scales.ranges.map((range) => 1e-6 * range);
  const fingerprint = fingerprintOf(model, trajectories, {
    rate,
    clip,
    loss: kind,
    rtol,
    atol: Array.from(typeof atol === "number" ? [atol] : atol),
    maxSteps,
    plateau: rule ?? "none",
    scaling,
    solver: `${solver.name}, checksum ${createDigest().update(JSON.stringify(solver)).hex()}`,
  });
  if (resume) requireSame(resume.fingerprint, fingerprint, "trainTrajectory");
  const scaled = { ...model, sizes: scales.sizes, rates: scales.rates };
  const parameters = (resume?.parameters ?? model.parameters).slice();
  const first = resume?.first.slice() ?? new Float64Array(parameters.length);
  const second = resume?.second.slice() ?? new Float64Array(parameters.length);
  const history = resume?.history.slice() ?? [];
  let epoch = resume?.epoch ?? 0;
  let plateau = resume?.plateau ?? { rate, best: Number.POSITIVE_INFINITY, bad: 0, cooling: 0 };
  let best = resume?.best ?? { epoch: 0, loss: Number.POSITIVE_INFINITY };
  let bestParameters = resume?.bestParameters ?? parameters.slice();
  const sensitivity = discrete();
  const problem = trajectoryProblem(scaled);

  /** Trains one more epoch; what failed, where it did. */
  const advance = (): string | undefined => {
    const runs = trajectories.map(({ start, from = 0, times }) =>
      sensitivity.run(
        { ...problem, parameters, y0: start, tSpan: [from, times[times.length - 1]!] } satisfies OdeProblem,
        { solver, rtol, atol, maxSteps, at: times },
      ),
    );
    const failure = runs.find((run) => run.status !== "finished");
    if (failure) return `the field could not be solved: ${failure.hint}`;
    const { loss, errors, cotangents } = lossOf(kind, runs, trajectories, scales);
    if (!Number.isFinite(loss)) return `the loss became ${loss}`;
    const gradient = gradientOf(runs, cotangents, parameters.length, clip);
    if (gradient === undefined) return `the loss is ${loss}, but its gradient could not be computed`;
    if (loss < best.loss) {
      best = { epoch, loss };
      bestParameters = parameters.slice();
    }
    const steps = runs.reduce((sum, run) => sum + run.stats.steps, 0);
    const { rate } = plateau;
    history.push({ epoch: ++epoch, loss, errors, rate, steps });
    adamStep64(parameters, first, second, gradient, epoch, { ...moments, rate });
    if (rule) plateau = plateauStep(plateau, loss, rule);
    return undefined;
  };
  const result = (status: TrajectoryResult["status"], reason?: string): TrajectoryResult => ({
    status,
    ...(reason === undefined ? {} : { reason }),
    model: { ...scaled, parameters: bestParameters },
    epoch: best.epoch,
    history,
    digest: digestOf(bestParameters),
    state: {
      fingerprint,
      epoch,
      plateau,
      history: history.slice(),
      best,
      parameters: parameters.slice(),
      first: first.slice(),
      second: second.slice(),
      bestParameters: bestParameters.slice(),
    },
  });

  const interrupted = interruption(options.signal);
  while (epoch < options.epochs) {
    if (await interrupted())
      return result("interrupted", `stopped in epoch ${epoch + 1} of ${options.epochs}`);
    const failure = advance();
    if (failure !== undefined) {
      const hint = "scale equation and loss, or lower the rate";
      return result("diverged", `epoch ${epoch + 1}: ${failure}; ${hint}`);
    }
    options.onEpoch?.(history.at(-1)!);
  }
  return result("finished");
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
): { loss: number; errors: number[]; cotangents: Float64Array[] } {
  const n = scale.length;
  const count = trajectories.reduce((sum, { states }) => sum + states.length, 0);
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
  // The root has no derivative at 0. There the residuals are 0, so the gradient is 0 too.
  const factor = kind === "mae" ? 1 / count : loss === 0 ? 0 : 1 / (count * loss);
  for (const cotangent of cotangents) for (let i = 0; i < cotangent.length; i++) cotangent[i]! *= factor;
  return { loss, errors, cotangents };
}

/** By the parameters, of all runs together; a larger one is shortened to this norm. Undefined if a run could
 *  not be taken back, or the gradient is not finite. */
function gradientOf(
  runs: readonly DifferentiableSolution[],
  cotangents: readonly Float64Array[],
  size: number,
  largest: number,
): Float64Array | undefined {
  const gradient = new Float64Array(size);
  for (const [k, run] of runs.entries()) {
    const { status, parameters } = run.pullback(cotangents[k]!);
    if (status !== "finished") return undefined;
    for (let i = 0; i < size; i++) gradient[i]! += parameters[i]!;
  }
  if (!gradient.every(Number.isFinite)) return undefined;
  let square = 0;
  for (const g of gradient) square += g * g;
  const factor = largest / Math.sqrt(square);
  if (factor < 1) for (let i = 0; i < gradient.length; i++) gradient[i]! *= factor;
  return gradient;
}
