import { digestOf, integrate, type Model, type NeuralOdeConfig, neuralOde, train } from "@stiffnet/core";
import { alpine02, sample } from "@stiffnet/datasets";
import { euler } from "@stiffnet/integrators";
import {
  type ConvergencePoint,
  convergenceOf,
  convergencePoint,
  exactOutputs,
} from "../convergence/measure.ts";
import { textTable } from "../format.ts";
import { convergenceFigures, type DepthPath } from "../report/convergence_figures.ts";
import {
  type ConvergenceConfig,
  type ConvergenceResult,
  convergenceSentences,
  convergenceTables,
} from "./convergence_words.ts";
import type { FigureParts, Watch } from "./figure_command.ts";

export const convergenceParts: FigureParts<ConvergenceConfig, ConvergenceResult, readonly DepthPath[]> = {
  engine: "wasm",
  async compute(config, watch) {
    const { model, risk, probes } = await trained(config, watch);
    const exact = await exactOutputs(model, probes);
    const total = config.solvers.length * config.factors.reduce((sum, factor) => sum + factor, 0);
    let done = 0;
    const solvers = [];
    for (const solver of config.solvers) {
      const points: ConvergencePoint[] = [];
      for (const factor of config.factors) {
        if (await watch.interrupted()) break;
        points.push(await convergencePoint(model, solver, factor, probes, exact));
        done += factor;
        watch.progress({ done, total, details: [solver] });
      }
      if (points.length === config.factors.length) solvers.push(convergenceOf(solver, points));
    }
    return {
      result: { risk, digestOfModel: digestOf(model.parameters), solvers },
      drawn: await depthPaths(model, probes),
    };
  },
  // Fits take the platform's logarithm.
  digested: ({ digestOfModel, solvers }) => [
    digestOfModel,
    solvers.map(({ solver, points }) => [solver, points]),
  ],
  print: (summary) =>
    [
      ...convergenceTables(summary).map(({ header, rows }) => `${textTable(header, rows)}\n`),
      ...convergenceSentences(summary, summary.config),
    ].join("\n"),
  report: (summary, paths) => ({
    title: "A residual network becomes its neural ODE",
    lead: convergenceSentences(summary, summary.config),
    tables: convergenceTables(summary),
    figures: convergenceFigures(summary, paths),
    facts: [
      ["seed", String(summary.config.seed)],
      ["model", `digest ${summary.digestOfModel}`],
    ],
  }),
};

async function trained(config: ConvergenceConfig, watch: Watch) {
  const { dimension, depth, width, horizon, weights, epochs, probes, seed } = config;
  const data = sample(alpine02(dimension), { train: 900, test: probes, seed });
  const start = neuralOde({ inputs: dimension, outputs: 1, width, depth, horizon, weights, seed });
  const run = await train(start, data, {
    ...{ epochs, seed, rate: 5e-3, signal: watch.signal },
    onEpoch: ({ epoch }) => watch.progress({ done: epoch, total: epochs, details: ["training"] }),
  });
  if (run.status === "diverged") throw new Error(`the training diverged: ${run.reason}`);
  const [first, last] = [run.history[0]!, run.history.at(-1)!];
  const model: Model<NeuralOdeConfig> = { ...run.model, config: start.config };
  return {
    model,
    risk: { first: first.riskTrain, last: last.riskTrain },
    probes: data.test!.inputs,
  };
}

/** The component of the state that the coarsest network misses most, along one probe: by few layers, by more, by the ODE. */
async function depthPaths(model: Model<NeuralOdeConfig>, probes: Float64Array): Promise<DepthPath[]> {
  const { depth, horizon, width, inputs } = model.config;
  const probe = probes.slice(0, inputs);
  const along = async (steps: number, by: object): Promise<{ at: number[]; states: Float64Array }> => {
    const at = Array.from({ length: steps + 1 }, (_, k) => (k === steps ? horizon : (k * horizon) / steps));
    return { at, states: (await integrate(model, probe, { ...by, at })).states };
  };
  const exact = await along(200, { rtol: 1e-8, atol: 1e-10 });
  const counts = [
    ...new Set([Math.max(1, Math.round(depth / 4)), Math.max(1, Math.round(depth / 2)), depth, 4 * depth]),
  ];
  const nets = [];
  for (const steps of counts) nets.push({ steps, ...(await along(steps, { solver: euler, steps })) });
  const coarse = nets[0]!;
  const gap = (component: number): number =>
    Math.abs(coarse.states[coarse.steps * width + component]! - exact.states[200 * width + component]!);
  const worst = Array.from({ length: width }, (_, i) => i).reduce((a, b) => (gap(b) > gap(a) ? b : a));
  const points = ({ at, states }: typeof exact) =>
    at.map((t, k) => ({ x: t, y: states[k * width + worst]! }));
  return [
    ...nets.map((net) => ({ name: `N = ${net.steps}`, component: worst + 1, points: points(net) })),
    { name: "neural ODE", component: worst + 1, points: points(exact) },
  ];
}
