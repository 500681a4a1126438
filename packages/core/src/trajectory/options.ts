import { type Checks, fields, flag, listOf, needed, number, oneOf, withDefaults } from "@stiffnet/base";
import type { SolveOptions } from "@stiffnet/integrators";
import { requireOptions, ShapeError } from "../errors.ts";
import { type RunOptions, requireEpochs, runChecks } from "../options.ts";
import { defaultPlateau, type PlateauOptions, type PlateauState, plateauCheck } from "../plateau.ts";
import { solverChecks } from "../solver-checks.ts";
import { requireFinite, requireTimes, type Trajectory, trajectoryCheck } from "./model.ts";
import type { TrajectoryScaling } from "./scaling.ts";

export interface TrainTrajectoryOptions extends RunOptions<TrajectoryRecord, TrajectoryState> {
  /** Reduce-on-plateau on the loss; the rate is kept by default. */
  readonly plateau?: Partial<PlateauOptions>;
  /** Gradients of a larger norm are shortened to this one: where a field is close to what its solver can
   *  follow they may be very large. Default 1. */
  readonly clip?: number;
  /** All of them by default. */
  readonly scaling?: Partial<TrajectoryScaling>;
  /** Mean size (default) or quadratic mean of the residuals over times, components and trajectories. */
  readonly loss?: "mae" | "rmse";
  /** Defaults: `rodas3` of `@stiffnet/integrators`, rtol 1e-3, atol 1e-6 times the components' ranges. */
  readonly solver?: SolveOptions["solver"];
  readonly rtol?: number;
  readonly atol?: number | ArrayLike<number>;
  /** Limit for one run of the system. A field that needs more ends the training. Default 5000. */
  readonly maxSteps?: number;
}

/** Record of one epoch, with the parameters at its start. */
export interface TrajectoryRecord {
  readonly epoch: number;
  readonly loss: number;
  /** Mean size of the residuals of each component, relative to its range. */
  readonly errors: readonly number[];
  readonly rate: number;
  /** Steps of the solver. */
  readonly steps: number;
}

export interface TrajectoryState {
  /** The inputs that decided the run, which `resume` compares. */
  readonly fingerprint: Readonly<Record<string, string>>;
  readonly epoch: number;
  readonly plateau: PlateauState;
  readonly history: readonly TrajectoryRecord[];
  readonly best: { readonly epoch: number; readonly loss: number };
  readonly parameters: Float64Array;
  readonly first: Float64Array;
  readonly second: Float64Array;
  readonly bestParameters: Float64Array;
}

/** The options that decide how Adam goes, complete. */
interface TrajectorySettings {
  readonly rate: number;
  readonly clip: number;
  readonly plateau: PlateauOptions | undefined;
  readonly loss: "mae" | "rmse";
}

const checks: Checks<TrainTrajectoryOptions> = {
  ...runChecks,
  plateau: plateauCheck,
  clip: number("a positive number", (x) => x > 0),
  scaling: fields<Partial<TrajectoryScaling>>({
    equation: oneOf<"own" | "length" | false>("own", "length", false),
    loss: flag,
    inputs: flag,
  }),
  loss: oneOf("mae", "rmse"),
  ...solverChecks,
};

export function trajectorySettings(options: TrainTrajectoryOptions): TrajectorySettings {
  requireOptions("trainTrajectory", options, checks);
  requireEpochs("trainTrajectory", options);
  const { rate = 5e-3, clip = 1, plateau, loss = "mae" } = options;
  return { rate, clip, plateau: plateau && withDefaults(defaultPlateau, plateau), loss };
}

/** Refuses data that are not trajectories of these variables, naming what is wrong. */
export function requireTrajectories(variables: readonly string[], trajectories: readonly Trajectory[]): void {
  const list = listOf(trajectoryCheck, 1);
  requireOptions("trainTrajectory", { trajectories }, { trajectories: needed(list) });
  trajectories.forEach((trajectory, k) => {
    const who = `trainTrajectory: trajectory ${k + 1}`;
    requireTimes(who, variables, trajectory);
    const expected = trajectory.times.length * variables.length;
    if (trajectory.states.length !== expected) {
      throw new ShapeError(
        `${who}: ${trajectory.states.length} states, expected ${expected} (times x variables)`,
      );
    }
    requireFinite(who, "states", trajectory.states);
  });
}
