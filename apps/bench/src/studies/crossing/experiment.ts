import { counted } from "@stiffnet/base";
import { kernelsName, train } from "@stiffnet/core";
import { mean, median, type Panel, tableOf } from "@stiffnet/report";
import { lineChart } from "@stiffnet/report/charts";
import { above, formatNumber, listOf, row, seeded, whole } from "@stiffnet/terminal";
import { experimentCommand } from "@stiffnet/trials";
import {
  type CrossingModel,
  crossed,
  crossingModels,
  flip,
  freshModel,
  leastSlope,
  type Paths,
  pathsOf,
} from "./models.ts";

export interface CrossingRun {
  readonly model: CrossingModel;
  readonly trial: number;
  readonly status: string;
  /** Root mean square of x(T) + x(0) over the samples, in the last epoch. */
  readonly risk: number;
  /** Fraction of pairs whose order is turned at T. */
  readonly turned: number;
  /** The least 1 + alpha W of its layers; null but for the ResNet. */
  readonly leastSlope: number | null;
  readonly digest: string;
}

export const crossing = experimentCommand("crossing", {
  help: `The networks have no first and last layer, so that y is x(T) for the start x(0). Two solutions of a differential equation in one
dimension never change their order. The best map with this property is y = 0, and its error is 1 / sqrt(3).

Examples:
  $ stiffnet-bench crossing
  $ stiffnet-bench crossing --models ResNet --layers 40    (small steps: an ODE again)
  $ stiffnet-bench crossing --trials 20 --epochs 2000 --seed 7 --json`,
  options: {
    models: row("<list>", "models to compare", listOf(crossingModels), [...crossingModels]),
    trials: row(
      "<n>",
      "number of networks to train of each model, each from its own initial weights",
      whole(1, 1000),
      5,
    ),
    epochs: row("<n>", "passes over the training set", whole(1), 600),
    horizon: row("<x>", "time span T; tanh limits the speed to 1, and paths are up to 2 long", above(0), 6),
    layers: row("<n>", "layers of the residual network; few layers make large steps", whole(1, 1024), 5),
    steps: row("<n>", "rk4 steps of the neural ODEs", whole(1, 1024), 30),
    samples: row("<n>", "number of samples in [-1, 1]", whole(2, 10_000), 40),
    rate: row("<x>", "initial learning rate of Adam", above(0), 0.02),
    ...seeded,
  },
  settings: (options) => ({ ...options, models: [...new Set(options.models)] }),
  engine: kernelsName,
  async compute(config, watch) {
    const { models, trials, epochs, samples, rate, seed } = config;
    const total = models.length * trials * epochs;
    const starts = Float64Array.from({ length: 9 }, (_, i) => (i - 4) / 4);
    const runs: CrossingRun[] = [];
    const paths = new Map<CrossingModel, Paths>();
    let done = 0;
    for (const model of models) {
      for (let trial = 0; trial < trials; trial++) {
        if (await watch.interrupted()) break;
        const run = await train(freshModel(model, config, trial), flip(samples), {
          epochs,
          rate,
          seed,
          trial,
          batchSize: samples,
          plateau: { factor: 0.5, patience: 50, cooldown: 0 },
          signal: watch.signal,
          onEpoch: () => watch.progress({ done: ++done, total, details: [`${model} ${trial + 1}`] }),
        });
        if (run.status === "interrupted") break;
        const along = await pathsOf(model, run.model, starts);
        if (trial === 0) paths.set(model, along);
        runs.push({
          model,
          trial,
          status: run.status,
          risk: run.history.at(-1)!.riskTrain,
          turned: crossed(along),
          leastSlope: model === "ResNet" ? leastSlope(run.model) : null,
          digest: run.digest,
        });
      }
    }
    const { inputs } = flip(samples).train;
    const bestWithoutCrossing = Math.sqrt(mean(Array.from(inputs, (x) => x * x)));
    return { result: { runs, bestWithoutCrossing }, drawn: paths };
  },
  digested: ({ runs }) => runs.map(({ model, trial, digest }) => [model, trial, digest]),
  present: ({ config, runs, bestWithoutCrossing: best }, paths) => ({
    title: "Can a neural ODE learn x -> -x? Its paths do not cross",
    lead: [
      ...config.models.map((model) => {
        const own = runs.filter((run) => run.model === model);
        const learnt = own.filter(({ risk }) => risk < best / 2).length;
        return `${model}: learnt x -> -x in ${learnt} of ${counted(own.length, "trial")}.`;
      }),
      `No map that keeps the order of the samples has a smaller error than ${formatNumber(best)}, the error of y = 0. A trial has learnt x -> -x if its error is below half of that.`,
    ],
    tables: [
      tableOf(
        {
          name: "models",
          caption: `Errors (RMSE) after ${counted(config.epochs, "epoch")}, over ${counted(config.trials, "initialisation")}. Turned: share of the pairs of samples that end in the opposite order. Least slope: the smallest slope of a layer x + alpha s(W x + b). Below 0, a layer can turn the order of two samples.`,
        },
        config.models.map((model) => ({ model, own: runs.filter((run) => run.model === model) })),
        [
          ["model", ({ model }) => model],
          ["median error", ({ own }) => formatNumber(median(own.map(({ risk }) => risk)))],
          ["smallest", ({ own }) => formatNumber(Math.min(...own.map(({ risk }) => risk)))],
          ["largest", ({ own }) => formatNumber(Math.max(...own.map(({ risk }) => risk)))],
          ["turned", ({ own }) => formatNumber(median(own.map(({ turned }) => turned)))],
          ["least slope", ({ own }) => formatNumber(median(own.flatMap((run) => run.leastSlope ?? [])))],
        ],
      ),
    ],
    figures: [
      {
        title: "Paths of nine samples",
        caption:
          "Paths x(t) of the first initialisation, from x(0) at the left to x(T) at the right. The map x -> -x would end at -x(0). Neural ODEs are solved with error control; the ResNet is drawn at its layers.",
        panels: [...paths].map(([model, own]) =>
          pathPanel("paths", model, own, { x: `t (${model})`, y: "x" }, (at, k) => ({
            x: own.times[k]!,
            y: own.states[at]!,
          })),
        ),
      },
      ...[...paths]
        .filter(([, { dimension }]) => dimension > 1)
        .map(([model, own]) => ({
          title: "In two dimensions",
          caption:
            "The same paths in the plane of x and the added dimension a, which starts at 0. There, paths can pass each other without crossing.",
          panels: [
            pathPanel("plane", model, own, { x: "x", y: "a" }, (at) => ({
              x: own.states[at]!,
              y: own.states[at + 1]!,
            })),
          ],
        })),
    ],
  }),
  failed: ({ runs }) => runs.some(({ status }) => status !== "finished"),
});

/** A path of each sample: `of` places the state that begins at `at`, at the k-th time. */
function pathPanel(
  name: string,
  model: CrossingModel,
  { times, dimension, states }: Paths,
  labels: { readonly x: string; readonly y: string },
  of: (at: number, k: number) => { x: number; y: number },
): Panel {
  const count = states.length / (times.length * dimension);
  const lines = Array.from({ length: count }, (_, sample) => ({
    name: "",
    colour: sample % 6,
    points: times.map((_, k) => of((sample * times.length + k) * dimension, k)),
  }));
  return lineChart(lines, {
    name: `${name}-${model.replaceAll(" ", "-")}`,
    title: `paths of the samples, ${model}`,
    width: 340,
    height: 300,
    dots: model === "ResNet",
    x: { label: labels.x },
    y: { label: labels.y },
  });
}
