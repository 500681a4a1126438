import { kernelsName } from "@stiffnet/core";
import { mean } from "@stiffnet/report";
import type { Experiment } from "@stiffnet/trials";
import { type CrossingDrawn, crossingFigures } from "./figures.ts";
import { crossed, flip, freshModel, leastSlope, type Paths, pathsOf, trainCrossing } from "./models.ts";
import {
  type CrossingConfig,
  type CrossingResult,
  type CrossingRun,
  crossingSentences,
  crossingTables,
} from "./words.ts";

export const crossingExperiment: Experiment<CrossingConfig, CrossingResult, CrossingDrawn> = {
  engine: kernelsName,
  async compute(config, watch) {
    const { models, trials, epochs, samples } = config;
    const total = models.length * trials * epochs;
    const starts = Float64Array.from({ length: 9 }, (_, i) => (i - 4) / 4);
    const runs: CrossingRun[] = [];
    const paths = new Map<string, Paths>();
    const losses: CrossingDrawn["losses"][number][] = [];
    let done = 0;
    for (const kind of models) {
      for (let trial = 0; trial < trials; trial++) {
        if (await watch.interrupted()) break;
        const run = await trainCrossing(freshModel(kind, config, trial), config, trial, {
          signal: watch.signal,
          onEpoch: () => watch.progress({ done: ++done, total, details: [`${kind} ${trial + 1}`] }),
        });
        if (run.status === "interrupted") break;
        const along = await pathsOf(kind, run.model, starts);
        if (trial === 0) paths.set(kind, along);
        losses.push({ model: kind, points: run.history.map((e) => ({ x: e.epoch, y: e.riskTrain })) });
        runs.push({
          ...{ model: kind, trial, status: run.status, risk: run.history.at(-1)!.riskTrain },
          turned: crossed(along),
          leastSlope: kind === "ResNet" ? leastSlope(run.model) : null,
          digest: run.digest,
        });
      }
    }
    const { inputs } = flip(samples).train;
    const bestWithoutCrossing = Math.sqrt(mean(Array.from(inputs, (x) => x * x)));
    return { result: { runs, bestWithoutCrossing }, drawn: { paths, losses } };
  },
  digested: ({ runs }) => runs.map(({ model, trial, digest }) => [model, trial, digest]),
  present: (summary, drawn) => ({
    title: "Paths of a neural ODE do not cross",
    lead: crossingSentences(summary, summary.config),
    tables: crossingTables(summary, summary.config),
    figures: crossingFigures(summary, summary.config, drawn),
  }),
  failed: ({ runs }) => runs.some(({ status }) => status !== "finished"),
};
