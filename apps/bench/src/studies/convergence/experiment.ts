import { digestOf } from "@stiffnet/base";
import { integrate, kernelsName, type Model, type NeuralOdeConfig, neuralOde, train } from "@stiffnet/core";
import { alpine02, sample } from "@stiffnet/datasets";
import { euler } from "@stiffnet/integrators";
import type { Experiment, Watch } from "@stiffnet/trials";
import { convergenceFigures, type DepthPath } from "./figures.ts";
import { type ConvergencePoint, convergenceOf, convergencePoint, exactOutputs } from "./measure.ts";
import {
  type ConvergenceConfig,
  type ConvergenceResult,
  convergenceSentences,
  convergenceTables,
} from "./words.ts";

export const convergenceExperiment: Experiment<ConvergenceConfig, ConvergenceResult, readonly DepthPath[]> = {
  engine: kernelsName,
  async compute(config, watch) {
    const { run, model, probes } = await trained(config, watch);
    const begun = {
      risk: { first: run.history[0]?.riskTrain ?? null, last: run.history.at(-1)?.riskTrain ?? null },
      digestOfModel: digestOf(model.parameters),
    };
    const without = (status: ConvergenceResult["status"], reason: string) => {
      if (status !== "interrupted") watch.note(`${status}: ${reason}`);
      return { result: { status, reason, ...begun, solvers: [] }, drawn: [] };
    };
    if (run.status !== "finished") return without(run.status, run.reason ?? "");
    const exact = await exactOutputs(model, probes);
    if ("hint" in exact) return without("unsolved", exact.hint);
    const total = config.solvers.length * config.factors.reduce((sum, factor) => sum + factor, 0);
    let done = 0;
    const solvers = [];
    for (const solver of config.solvers) {
      const points: ConvergencePoint[] = [];
      for (const factor of config.factors) {
        if (await watch.interrupted()) return without("interrupted", "");
        points.push(await convergencePoint(model, solver, factor, probes, exact));
        done += factor;
        watch.progress({ done, total, details: [solver] });
      }
      solvers.push(convergenceOf(solver, points));
    }
    return {
      result: { status: "finished", reason: "", ...begun, solvers },
      drawn: await depthPaths(model, probes),
    };
  },
  // Fits take the platform's logarithm.
  digested: ({ digestOfModel, solvers }) => [
    digestOfModel,
    solvers.map(({ solver, points }) => [solver, points]),
  ],
  present: (summary, paths) => ({
    title: "A residual network becomes its neural ODE",
    lead: convergenceSentences(summary, summary.config),
    tables: convergenceTables(summary),
    figures: summary.status === "finished" ? convergenceFigures(summary, paths) : [],
    facts: [["model", `digest ${summary.digestOfModel}`]],
  }),
  failed: ({ status }) => status !== "finished",
};

async function trained(config: ConvergenceConfig, watch: Watch) {
  const { dimension, depth, width, horizon, weights, epochs, probes, seed } = config;
  const data = sample(alpine02(dimension), { train: 900, test: probes, seed });
  const start = neuralOde({ inputs: dimension, outputs: 1, width, depth, horizon, weights, seed });
  const run = await train(start, data, {
    ...{ epochs, seed, rate: 5e-3, signal: watch.signal },
    onEpoch: ({ epoch }) => watch.progress({ done: epoch, total: epochs, details: ["training"] }),
  });
  const model: Model<NeuralOdeConfig> = { ...run.model, config: start.config };
  return { run, model, probes: data.test!.inputs };
}

/** The component of the state that the coarsest network misses most, along one probe: by few layers, by more,
 *  by the ODE. */
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
