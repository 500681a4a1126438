import { digestOf } from "@stiffnet/base";
import type { DifferentiableSolution, OdeProblem } from "@stiffnet/integrators";
import { adamStep64 } from "../adam.ts";
import { requireSame } from "../fingerprint.ts";
import { interruption } from "../interruption.ts";
import { type PlateauState, plateauStep } from "../plateau.ts";
import { type Trajectory, type TrajectoryModel, trajectoryProblem } from "./model.ts";
import {
  requireTrajectories,
  type TrainTrajectoryOptions,
  type TrajectoryRecord,
  type TrajectorySettings,
  type TrajectoryState,
  trajectorySettings,
} from "./options.ts";
import { allScaled, type Scales, scalesOf } from "./scaling.ts";

export interface TrajectoryResult {
  /** "diverged": the field could not be solved, or the loss was not finite. */
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
  const settings = trajectorySettings(options);
  requireTrajectories(model.config.variables, trajectories);
  const run = new TrajectoryRun(
    model,
    trajectories,
    settings,
    options,
    await import("@stiffnet/integrators"),
  );
  const interrupted = interruption(options.signal);
  while (run.epoch < options.epochs) {
    if (await interrupted()) {
      return run.result("interrupted", `stopped in epoch ${run.epoch + 1} of ${options.epochs}`);
    }
    const failure = run.advance();
    if (failure !== undefined) {
      const hint = "scale equation and loss, or lower the rate";
      return run.result("diverged", `epoch ${run.epoch + 1}: ${failure}; ${hint}`);
    }
    options.onEpoch?.(run.history.at(-1)!);
  }
  return run.result("finished");
}

class TrajectoryRun {
  epoch = 0;
  history: TrajectoryRecord[] = [];
  readonly #model: TrajectoryModel;
  readonly #trajectories: readonly Trajectory[];
  readonly #settings: TrajectorySettings;
  readonly #scales: Scales;
  readonly #fingerprint: Readonly<Record<string, string>>;
  readonly #parameters: Float64Array;
  readonly #first: Float64Array;
  readonly #second: Float64Array;
  /** Solves trajectory by trajectory with the current parameters. */
  readonly #solve: () => DifferentiableSolution[];
  #plateau: PlateauState;
  #best = { epoch: 0, loss: Number.POSITIVE_INFINITY };
  #bestParameters: Float64Array;

  constructor(
    model: TrajectoryModel,
    trajectories: readonly Trajectory[],
    settings: TrajectorySettings,
    options: TrainTrajectoryOptions,
    { discrete, rodas3 }: typeof import("@stiffnet/integrators"),
  ) {
    const { solver = rodas3, rtol = 1e-3, maxSteps = 5000, resume } = options;
    const scaling = { ...allScaled, ...options.scaling };
    const scales = scalesOf(model.config.variables, trajectories, scaling);
    const atol = options.atol ?? scales.ranges.map((range) => 1e-6 * range);
    const { rate, clip, loss, plateau } = settings;
    this.#fingerprint = fingerprintOf(model, trajectories, {
      rate,
      clip,
      loss,
      rtol,
      atol: Array.from(typeof atol === "number" ? [atol] : atol),
      maxSteps,
      plateau: plateau ?? "none",
      scaling,
      solver: solver.name,
    });
    if (resume) requireSame(resume.fingerprint, this.#fingerprint, "trainTrajectory");
    this.#model = { ...model, sizes: scales.sizes, rates: scales.rates };
    this.#trajectories = trajectories;
    this.#settings = settings;
    this.#scales = scales;
    const parameters = (resume?.parameters ?? model.parameters).slice();
    this.#parameters = parameters;
    this.#first = resume?.first.slice() ?? new Float64Array(parameters.length);
    this.#second = resume?.second.slice() ?? new Float64Array(parameters.length);
    this.#plateau = resume?.plateau ?? { rate, best: Number.POSITIVE_INFINITY, bad: 0, cooling: 0 };
    this.#bestParameters = resume?.bestParameters ?? parameters.slice();
    if (resume) {
      this.epoch = resume.epoch;
      this.history = resume.history.slice();
      this.#best = resume.best;
    }
    const sensitivity = discrete();
    const problem = trajectoryProblem(this.#model);
    this.#solve = () =>
      trajectories.map(({ start, from = 0, times }) =>
        sensitivity.run(
          { ...problem, parameters, y0: start, tSpan: [from, times[times.length - 1]!] } satisfies OdeProblem,
          { solver, rtol, atol, maxSteps, at: times },
        ),
      );
  }

  /** Trains one more epoch; what failed, where it did. */
  advance(): string | undefined {
    const { loss: kind, clip, plateau } = this.#settings;
    const { rate } = this.#plateau;
    const runs = this.#solve();
    const failure = runs.find((run) => run.status !== "finished");
    if (failure) return `the field could not be solved: ${failure.hint}`;
    const { loss, errors, cotangents } = lossOf(kind, runs, this.#trajectories, this.#scales);
    if (!Number.isFinite(loss)) return `the loss became ${loss}`;
    const gradient = new Float64Array(this.#parameters.length);
    runs.forEach((run, k) => {
      run.pullback(cotangents[k]!).parameters.forEach((g, i) => {
        gradient[i]! += g;
      });
    });
    if (loss < this.#best.loss) {
      this.#best = { epoch: this.epoch, loss };
      this.#bestParameters = this.#parameters.slice();
    }
    const steps = runs.reduce((sum, run) => sum + run.stats.steps, 0);
    this.history.push({ epoch: ++this.epoch, loss, errors, rate, steps });
    shorten(gradient, clip);
    adamStep64(this.#parameters, this.#first, this.#second, gradient, this.epoch, { ...moments, rate });
    if (plateau) this.#plateau = plateauStep(this.#plateau, loss, plateau);
    return undefined;
  }

  result(status: TrajectoryResult["status"], reason?: string): TrajectoryResult {
    const parameters = this.#bestParameters;
    return {
      status,
      ...(reason === undefined ? {} : { reason }),
      model: { ...this.#model, parameters },
      epoch: this.#best.epoch,
      history: this.history,
      digest: digestOf(parameters),
      state: {
        fingerprint: this.#fingerprint,
        epoch: this.epoch,
        plateau: this.#plateau,
        history: this.history.slice(),
        best: this.#best,
        parameters: this.#parameters.slice(),
        first: this.#first.slice(),
        second: this.#second.slice(),
        bestParameters: parameters.slice(),
      },
    };
  }
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

function shorten(gradient: Float64Array, largest: number): void {
  let square = 0;
  for (const g of gradient) square += g * g;
  const factor = largest / Math.sqrt(square);
  if (factor < 1) for (let i = 0; i < gradient.length; i++) gradient[i]! *= factor;
}
