import {
  type Check,
  type Checks,
  fields,
  instanceOf,
  listOf,
  needed,
  number,
  numbers,
  oneOf,
  randomStream,
  text,
  whole,
} from "@stiffnet/base";
import type { OdeProblem, SolveOptions, Stats, Status } from "@stiffnet/integrators";
import { createKernels, createPerceptron, type PerceptronShape, perceptronSizes } from "@stiffnet/kernels";
import { type Activation, activations, startChecks } from "../config.ts";
import { ConfigError, requireOptions, ShapeError } from "../errors.ts";
import { solverChecks, stepChecks } from "../solver-checks.ts";

export type FieldActivation = Exclude<Activation, "identity">;
export const fieldActivations: readonly FieldActivation[] = activations.filter((name) => name !== "identity");

export interface TrajectoryOptions {
  /** Names of the state's components. */
  readonly variables: readonly string[];
  /** Width of the hidden layers. Default 5. */
  readonly width?: number;
  /** Hidden layers. Default 6. */
  readonly layers?: number;
  /** Default tanh: its field is bounded, and no trajectory of it blows up. */
  readonly activation?: FieldActivation;
  /** Defaults 1 and 0. */
  readonly seed?: number;
  readonly trial?: number;
}

/** The vector field du/dt = rates * MLP(u / sizes) of an autonomous system, learned from its trajectories,
 *  in float64. */
export interface TrajectoryModel {
  readonly config: Required<Omit<TrajectoryOptions, "seed" | "trial">>;
  /** Layer by layer a weight [out, in], row-major, and a bias [out]. */
  readonly parameters: Float64Array;
  /** Per component; 1 until training fitted them to its data, and without the scalings. */
  readonly sizes: Float64Array;
  readonly rates: Float64Array;
}

/** Observations of one run of the system. */
export interface Trajectory {
  /** u at `from`, where the run begins. */
  readonly start: ArrayLike<number>;
  /** Default 0. */
  readonly from?: number;
  /** Ascending, after `from`. */
  readonly times: ArrayLike<number>;
  /** Row-major [times, variables]. */
  readonly states: ArrayLike<number>;
}

const shapeChecks = {
  variables: needed(listOf(text, 1)),
  width: whole(1),
  layers: whole(1),
  activation: oneOf(...fieldActivations),
};
const runChecks: Checks<Omit<Trajectory, "states">> = {
  start: needed(numbers),
  from: number(),
  times: needed(numbers),
};
const runCheck = fields<Omit<Trajectory, "states">>(runChecks, { others: true });
export const trajectoryCheck: Check<Trajectory> = fields<Trajectory>(
  { ...runChecks, states: needed(numbers) },
  { others: true },
);

/** A model with random weights, for `trainTrajectory` to train.
 *  @throws ConfigError for an option that cannot be, such as two variables of one name. */
export function trajectoryModel(options: TrajectoryOptions): TrajectoryModel {
  requireOptions("trajectoryModel", options, { ...shapeChecks, ...startChecks });
  const { variables, width = 5, layers = 6, activation = "tanh", seed = 1, trial = 0 } = options;
  const repeated = variables.find((name, k) => variables.indexOf(name) < k);
  if (repeated !== undefined) {
    throw new ConfigError(`trajectoryModel: variables name '${repeated}' twice, expected different names`);
  }
  const config = { variables: [...variables], width, layers, activation };
  const ones = (): Float64Array => new Float64Array(variables.length).fill(1);
  return {
    config,
    parameters: startParameters(config, seed, trial),
    sizes: ones(),
    rates: ones(),
  };
}

/** Glorot's uniform weights, U(-1, 1) sqrt(6 / (in + out)), biases of 0; the last layer's weights are 0 too.
 *  So the field is 0 at first, and no trajectory blows up before training. */
function startParameters(config: TrajectoryModel["config"], seed: number, trial: number): Float64Array {
  const random = randomStream(seed, 2 * trial);
  const parts = perceptronSizes(shapeOf(config)).flatMap(([rows, columns], l) => {
    const bound = l === config.layers ? 0 : Math.sqrt(6 / (rows + columns));
    const weights = Array.from({ length: rows * columns }, () => bound * (2 * random.uniform() - 1));
    return [...weights, ...new Array<number>(rows).fill(0)];
  });
  return Float64Array.from(parts);
}

/** Refuses what is no model, before any of it is read. */
export function requireTrajectoryModel(who: string, model: TrajectoryModel): void {
  const { variables, width, layers, activation } = shapeChecks;
  const shape = { variables, width: needed(width), layers: needed(layers), activation: needed(activation) };
  const array = needed(instanceOf(Float64Array));
  const checks = {
    config: needed(fields<TrajectoryModel["config"]>(shape)),
    parameters: array,
    sizes: array,
    rates: array,
  };
  requireOptions(who, { model }, { model: needed(fields<TrajectoryModel>(checks, { others: true })) });
  const n = model.config.variables.length;
  const size = perceptronSizes(shapeOf(model.config)).reduce((sum, [out, into]) => sum + out * (into + 1), 0);
  for (const [name, expected] of Object.entries({ parameters: size, sizes: n, rates: n })) {
    const { length } = model[name as "parameters"];
    if (length === expected) continue;
    throw new ShapeError(`${who}: model.${name} has ${length} numbers, expected ${expected}`);
  }
}

function shapeOf({ variables, ...rest }: TrajectoryModel["config"]): PerceptronShape {
  return { variables: variables.length, ...rest };
}

/** The model as a problem of `@stiffnet/integrators`: give it y0 and tSpan. Its callbacks share work
 *  arrays. */
export function trajectoryProblem(model: TrajectoryModel): Omit<OdeProblem, "y0" | "tSpan"> {
  const field = createPerceptron(createKernels(), shapeOf(model.config), model.sizes, model.rates);
  return {
    f: (_, u, du, p) => field.value(u, du, p),
    jacobian: (_, u, matrix, p) => field.jacobian(u, matrix, p),
    pullback: (_, u, v, gradU, gradP, p) => field.pullback(u, v, gradU, gradP, p),
    autonomous: true,
    parameters: model.parameters,
  };
}

export interface Simulated {
  readonly status: Status;
  /** Advice on a failure, or "". */
  readonly hint: string;
  /** Row-major [times, variables]. NaN after the time at which a run failed. */
  readonly states: Float64Array;
  readonly stats: Stats;
}

/** The model's own trajectory from `start`, at ascending times after `from` (0 by default), by any solver;
 *  a failure is a status. Tolerances default to those of `solve`, with atol relative to the components'
 *  sizes. */
export async function simulate(
  model: TrajectoryModel,
  run: Omit<Trajectory, "states">,
  options: Pick<SolveOptions, "solver" | "rtol" | "atol" | "firstStep" | "maxSteps"> = {},
): Promise<Simulated> {
  requireOptions("simulate", options, { ...solverChecks, firstStep: stepChecks.firstStep });
  requireTrajectoryModel("simulate", model);
  requireOptions("simulate", { run }, { run: needed(runCheck) });
  const { start, from = 0, times } = run;
  requireTimes("simulate", model.config.variables, { start, from, times });
  const { solve } = await import("@stiffnet/integrators");
  const { status, hint, y, stats } = solve(
    { ...trajectoryProblem(model), y0: start, tSpan: [from, times[times.length - 1]!] },
    { ...options, atol: options.atol ?? model.sizes.map((size) => 1e-9 * size), saveAt: times },
  );
  const states = new Float64Array(times.length * model.config.variables.length).fill(Number.NaN);
  states.set(y);
  return { status, hint, states, stats };
}

export function requireTimes(
  who: string,
  variables: readonly string[],
  { start, from = 0, times }: Omit<Trajectory, "states">,
): void {
  if (start.length !== variables.length) {
    throw new ShapeError(
      `${who}: the start has ${start.length} numbers, expected ${variables.length} (${variables.join(", ")})`,
    );
  }
  requireFinite(who, "start", start);
  if (times.length === 0) throw new ShapeError(`${who}: there are no times, expected at least one`);
  for (let i = 0; i < times.length; i++) {
    const before = i === 0 ? from : times[i - 1]!;
    if (!(times[i]! > before && Number.isFinite(times[i]))) {
      throw new ConfigError(
        `${who}: times[${i}] is ${times[i]} after ${before}, expected ascending times after the start's`,
      );
    }
  }
}

export function requireFinite(who: string, name: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    throw new ConfigError(`${who}: ${name}[${i}] is ${values[i]}, expected a finite number`);
  }
}
