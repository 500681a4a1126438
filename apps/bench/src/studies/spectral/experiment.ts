import { kernelsName } from "@stiffnet/core";
import type { Experiment, StudyData } from "@stiffnet/trials";
import { accuracyDigest, measureAccuracy } from "./accuracy.ts";
import { measureCost } from "./cost.ts";
import { accuracyFigures, costFigure } from "./figures.ts";
import { type SpectralConfig, type SpectralResult, spectralSentences, spectralTables } from "./words.ts";

/** `data` is what is trained on, where accuracy is asked for. */
export function spectralExperiment(data?: StudyData): Experiment<SpectralConfig, SpectralResult, undefined> {
  return {
    engine: kernelsName,
    async compute(config, watch) {
      const runs = config.part === "accuracy" ? await measureAccuracy(config, data!, watch) : [];
      const cases = config.part === "cost" ? await measureCost(config, watch) : [];
      for (const { weight, reason } of runs)
        if (reason !== undefined) watch.note(`weight ${weight}: diverged: ${reason}`);
      return { result: { runs, cases }, drawn: undefined };
    },
    digested: ({ runs }) => accuracyDigest(runs),
    present: (summary) => {
      const { config, runs, cases } = summary;
      const accuracy = config.part === "accuracy";
      return {
        title: accuracy
          ? "How exact the spectral radius is inside training"
          : "What a step with the spectral radius costs",
        lead: spectralSentences(summary, config),
        tables: spectralTables(summary, config),
        figures: accuracy ? accuracyFigures(config, runs) : [costFigure(cases)],
        facts: factsOf(config),
      };
    },
    failed: ({ runs }) => runs.some(({ status }) => status !== "finished"),
  };
}

function factsOf(config: SpectralConfig): [string, string][] {
  if (config.part === "cost") {
    const { rounds, secondsPerRound, warmEpochs } = config;
    const turns = `${rounds} of ${secondsPerRound} s a model, in turns, on one thread`;
    return [["rounds", `${turns}, after ${warmEpochs} epochs of 20 batches`]];
  }
  const { data, methods, training, points, probes } = config;
  return [
    ["data", `${data.name}, digest ${data.digest}`],
    ["trained by", `${methods[0]}, ${training.epochs} epochs`],
    ["looked at", `epochs ${points.join(", ")}, ${probes} batches each`],
  ];
}
