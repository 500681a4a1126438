import { numbers, whole } from "@stiffnet/base";
import type { SolveOptions, Stats, Status } from "@stiffnet/integrators";
import { prepare, restore } from "@stiffnet/preparation";
import { asOde } from "./config.ts";
import { ConfigError, requireOptions, ShapeError } from "./errors.ts";
import { createField64 } from "./field64.ts";
import { type Model, requireModel } from "./model.ts";
import { solverChecks, stepChecks } from "./solver-checks.ts";

/** Those of `solve` of `@stiffnet/integrators`, for a run over [0, horizon]. */
export interface IntegrateOptions
  extends Pick<
    SolveOptions,
    "solver" | "rtol" | "atol" | "firstStep" | "maxStep" | "maxSteps" | "newtonTolerance"
  > {
  /** Fixed steps, this number over the horizon (of layers: the same number in each). */
  readonly steps?: number;
  /** Times whose states are kept, ascending. None by default. */
  readonly at?: ArrayLike<number>;
}

export interface Integrated {
  /** Row-major [rows, outputs] in physical units; NaN in the rows that failed. */
  readonly outputs: Float64Array;
  /** How each row ended: `finished`, or a failure that `hint` tells about. */
  readonly statuses: readonly Status[];
  readonly failed: number;
  /** Advice on the first failure, or "". */
  readonly hint: string;
  /** h at the times of `at`: [rows, times, D]. NaN from where a row failed. */
  readonly states: Float64Array;
  /** Work of all rows together. */
  readonly stats: Stats;
}

/** Solves a model as the ordinary differential equation h' = s(W(t) h + b(t)) in float64. Any solver will do,
 *  with error control or with fixed steps. inputs: row-major [rows, inputs] in physical units. Steps end at
 *  jumps between layers and at knots. A residual network becomes the equation with constant weights in each
 *  layer. Numerical failure is a row's status. Misuse throws. */
export async function integrate(
  model: Model,
  inputs: Float64Array,
  options: IntegrateOptions = {},
): Promise<Integrated> {
  requireOptions("integrate", options, {
    ...solverChecks,
    ...stepChecks,
    steps: whole(1),
    at: numbers,
  });
  requireModel("integrate", model);
  const config = asOde(model.config, "integrate");
  const { columns } = model.preparation.inputs;
  if (inputs.length % columns !== 0) {
    throw new ShapeError(`integrate: ${inputs.length} values are not rows of the model's ${columns} inputs`);
  }
  const field = createField64(config, model.layout, model.parameters);
  // Loaded when it is needed: training needs the coefficients of a few solvers alone.
  const { auto, solve } = await import("@stiffnet/integrators");
  const { steps, at = [], solver = auto(), ...rest } = options;
  const { dimension: n, pieces, kinks } = field;
  const { horizon } = config;
  if (steps !== undefined && !(Number.isInteger(steps) && steps > 0 && steps % pieces === 0)) {
    throw new ConfigError(
      `integrate: steps is ${steps}, expected a whole number of steps in each of the ${pieces} layer(s)`,
    );
  }
  const times = timesIn(at, horizon);
  const prepared = prepare(model.preparation.inputs, inputs);
  const rows = prepared.length / config.inputs;
  const outputs = new Float64Array(rows * config.outputs).fill(Number.NaN);
  const states = new Float64Array(rows * times.length * n).fill(Number.NaN);
  const statuses: Status[] = [];
  const stats = {
    steps: 0,
    rejected: 0,
    failed: 0,
    evaluations: 0,
    jacobians: 0,
    factorisations: 0,
    solves: 0,
  };
  let hint = "";

  const along = (row: number, start: Float64Array): { status: Status; h: Float64Array } => {
    let h = start;
    let kept = 0;
    for (; kept < times.length && times[kept] === 0; kept++) states.set(h, (row * times.length + kept) * n);
    for (let piece = 0; piece < pieces; piece++) {
      field.setPiece(piece);
      const begin = (piece * horizon) / pieces;
      const end = piece + 1 === pieces ? horizon : ((piece + 1) * horizon) / pieces;
      const inside = times.filter((t) => t > begin && t <= end);
      const { f, jacobian, autonomous } = field;
      const solution = solve(
        { f, jacobian, autonomous, y0: h, tSpan: [begin, end] },
        {
          ...rest,
          solver,
          ...(inside.length > 0 ? { saveAt: inside } : { keep: "end" }),
          ...(steps === undefined ? { tStops: kinks } : { steps: steps / pieces }),
        },
      );
      for (const key of Object.keys(stats) as (keyof Stats)[]) stats[key] += solution.stats[key];
      if (inside.length > 0) {
        states.set(solution.y, (row * times.length + kept) * n);
        kept += inside.length;
      }
      h = solution.yEnd;
      if (solution.status !== "finished") {
        hint ||= `row ${row}: ${solution.hint}`;
        return { status: solution.status, h };
      }
    }
    return { status: "finished", h };
  };

  for (let row = 0; row < rows; row++) {
    const start = field.lift(prepared.subarray(row * config.inputs, (row + 1) * config.inputs));
    if (!start.every(Number.isFinite)) {
      hint ||= `row ${row}: an input is not finite`;
      statuses.push("non_finite");
      continue;
    }
    const { status, h } = along(row, start);
    statuses.push(status);
    if (status === "finished") outputs.set(field.readout(h), row * config.outputs);
  }
  const failed = statuses.filter((status) => status !== "finished").length;
  return { outputs: restore(model.preparation.outputs, outputs), statuses, failed, hint, states, stats };
}

function timesIn(at: ArrayLike<number>, horizon: number): number[] {
  const times = Array.from(at);
  times.forEach((t, i) => {
    if (!(t >= 0 && t <= horizon) || (i > 0 && !(t > times[i - 1]!))) {
      throw new ConfigError(
        `integrate: at[${i}] is ${t}, expected ascending times from 0 to the horizon ${horizon}`,
      );
    }
  });
  return times;
}
