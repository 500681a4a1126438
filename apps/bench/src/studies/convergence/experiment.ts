import { counted, digestOf } from "@stiffnet/base";
import { kernelsName, type Model, type NeuralOdeConfig, neuralOde, stepSolvers, train } from "@stiffnet/core";
import { alpine02, sample } from "@stiffnet/datasets";
import { type NamedTable, tableOf } from "@stiffnet/report";
import { lineChart } from "@stiffnet/report/charts";
import { above, choice, formatNumber, list, listOf, row, seeded, whole } from "@stiffnet/terminal";
import { type ConfigOf, experimentCommand, type Watch } from "@stiffnet/trials";
import {
  type Convergence,
  type ConvergencePoint,
  convergenceOf,
  convergencePoint,
  exactOutputs,
} from "./measure.ts";

const options = {
  solvers: row("<list>", "solvers to compare", listOf(stepSolvers), [...stepSolvers]),
  factors: row(
    "<list>",
    "numbers of steps that each layer is divided into",
    list(whole(1, 4096)),
    [1, 2, 4, 8, 16, 32, 64],
  ),
  // Bases that go on between the layers.
  weights: row(
    "<basis>",
    "function of time that the weights are",
    choice(["constant", "linear", "quadratic", "cubic"] as const),
    "cubic",
  ),
  depth: row("<n>", "number of layers in training", whole(1, 1024), 8),
  width: row("<n>", "units in each layer", whole(1, 512), 10),
  horizon: row("<x>", "time span T of the network; a layer is a step of T / depth", above(0), 1),
  dimension: row("<n>", "number of inputs of the Alpine 02 function", whole(1, 10), 2),
  epochs: row("<n>", "passes over the 900 training samples", whole(0), 40),
  probes: row("<n>", "number of samples to compare outputs at", whole(2, 10_000), 50),
  ...seeded,
};
type Config = ConfigOf<"convergence", typeof options>;

export interface ConvergenceResult {
  /** `diverged`: the training; `unsolved`: the trained field's equation. Nothing is compared then. */
  readonly status: "finished" | "diverged" | "unsolved";
  /** Why not `finished`; empty else. */
  readonly reason: string;
  /** Root mean square error on the training set in the last epoch; null where there was none. */
  readonly risk: number | null;
  readonly digestOfModel: string;
  readonly solvers: readonly Convergence[];
}

export const convergence = experimentCommand("convergence", {
  help: `A network is trained once. Then each of its layers is divided into more and more steps. The reference is the solution of its
differential equation in float64, to a tolerance of 1e-12.

Examples:
  $ stiffnet-bench convergence
  $ stiffnet-bench convergence --solvers euler,rk4 --factors 1,2,4,8,16,32,64
  $ stiffnet-bench convergence --weights constant --depth 4 --horizon 5 --json`,
  options,
  settings: (chosen): Config => ({
    ...chosen,
    factors: [...new Set(chosen.factors)].sort((a, b) => a - b),
  }),
  engine: kernelsName,
  async compute(config, watch): Promise<{ result: ConvergenceResult }> {
    const { run, model, probes } = await trained(config, watch);
    watch.signal.throwIfAborted();
    const begun = { risk: run.history.at(-1)?.riskTrain ?? null, digestOfModel: digestOf(model.parameters) };
    const without = (status: ConvergenceResult["status"], reason: string) => {
      watch.note(`${status}: ${reason}`);
      return { result: { status, reason, ...begun, solvers: [] } };
    };
    if (run.status === "diverged") return without(run.status, run.reason ?? "");
    const exact = await exactOutputs(model, probes);
    if ("hint" in exact) return without("unsolved", exact.hint);
    const total = config.solvers.length * config.factors.reduce((sum, factor) => sum + factor, 0);
    let done = 0;
    const solvers: Convergence[] = [];
    for (const solver of config.solvers) {
      if (watch.signal.aborted) break;
      const points: ConvergencePoint[] = [];
      for (const factor of config.factors) {
        if (await watch.interrupted()) break;
        points.push(await convergencePoint(model, solver, factor, probes, exact));
        done += factor;
        watch.progress({ done, total, details: [solver] });
      }
      solvers.push(convergenceOf(solver, points));
    }
    return { result: { status: "finished", reason: "", ...begun, solvers } };
  },
  // Fits take the platform's logarithm.
  digested: ({ digestOfModel, solvers }) => [
    digestOfModel,
    solvers.map(({ solver, points }) => [solver, points]),
  ],
  present: (summary) => ({
    title: "Does a residual network approach its neural ODE?",
    lead: sentences(summary, summary.config),
    tables: summary.status === "finished" ? tables(summary) : [],
    figures: summary.status === "finished" ? figures(summary) : [],
    facts: [["model", `digest ${summary.digestOfModel}`]],
  }),
  failed: ({ status }) => status !== "finished",
});

function sentences({ status, reason, solvers, risk }: ConvergenceResult, config: Config): string[] {
  if (status === "diverged") return [`The training diverged, and nothing was compared: ${reason}.`];
  if (status === "unsolved") {
    return [`The neural ODE of the trained network cannot be solved, and nothing was compared: ${reason}.`];
  }
  return [
    `The network converges to its neural ODE with these slopes in float64: ${solvers.map(({ solver, slopeExact, order }) => `${solver} ${formatNumber(slopeExact)} (order ${order})`).join(", ")}.`,
    `It has ${counted(config.depth, "Euler step")}, and was trained for ${counted(config.epochs, "epoch")} on Alpine 02 in ${config.dimension}D, to a test error (RMSE) of ${formatNumber(risk)}. Then its steps were divided by up to ${Math.max(...config.factors)}.`,
    `Float32 moves the outputs by up to ${Math.max(...solvers.map(({ floor }) => floor)).toExponential(1)} of their standard deviation. More steps cannot come closer than that.`,
  ];
}

function tables({ solvers }: ConvergenceResult): NamedTable[] {
  return [
    tableOf(
      {
        name: "slopes",
        caption:
          "Slope: of the error against the number of steps, both logarithmic, fitted to the last three errors. The network computes in float32, where only errors of at least five times its rounding count. The columns in float64 have the same steps in double precision. Floor: the median difference between the two.",
      },
      solvers,
      [
        ["solver", ({ solver }) => solver],
        ["order", ({ order }) => String(order)],
        ["slope", ({ slope }) => formatNumber(slope)],
        ["slope in float64", ({ slopeExact }) => formatNumber(slopeExact)],
        ["finest error", ({ points }) => formatNumber(points.at(-1)!.error)],
        ["error in float64", ({ points }) => formatNumber(points.at(-1)!.exactArithmetic)],
        ["floor", ({ floor }) => floor.toExponential(1)],
      ],
    ),
  ];
}

function figures({ solvers }: ConvergenceResult) {
  const panel = (name: string, of: (point: ConvergencePoint) => number) =>
    lineChart(
      solvers.map(({ solver, points }) => ({
        name: solver,
        points: points.map((point) => ({ x: point.steps, y: of(point) })),
      })),
      {
        name: `error-${name}`,
        title: `error against the number of steps, ${name}`,
        dots: true,
        width: 480,
        x: { label: "number of steps N", logarithmic: true },
        y: { label: `relative error, ${name}`, logarithmic: true },
      },
    );
  return [
    {
      title: "Error against the number of steps",
      caption:
        "Root mean square difference from the neural ODE's outputs, relative to their standard deviation. The network computes in float32; the second plot has the same steps in float64.",
      panels: [
        panel("float32", ({ error }) => error),
        panel("float64", ({ exactArithmetic }) => exactArithmetic),
      ],
    },
  ];
}

async function trained(config: Config, watch: Watch) {
  const { dimension, depth, width, horizon, weights, epochs, probes, seed } = config;
  const data = sample(alpine02(dimension), { train: 900, test: probes, seed });
  const start = neuralOde({ inputs: dimension, outputs: 1, width, depth, horizon, weights, seed });
  const run = await train(start, data, {
    epochs,
    seed,
    rate: 5e-3,
    signal: watch.signal,
    onEpoch: ({ epoch }) => watch.progress({ done: epoch, total: epochs, details: ["training"] }),
  });
  const model: Model<NeuralOdeConfig> = { ...run.model, config: start.config };
  return { run, model, probes: data.test!.inputs };
}
