import { kernelsName } from "@stiffnet/core";
import type { Experiment, StudyData } from "@stiffnet/trials";
import { accuracyDigest, measureAccuracy } from "./accuracy.ts";
import { accuracyFigures } from "./figures.ts";
import { type SpectralConfig, type SpectralResult, spectralSentences, spectralTables } from "./words.ts";

export function spectralExperiment(data: StudyData): Experiment<SpectralConfig, SpectralResult, undefined> {
  return {
    engine: kernelsName,
    async compute(config, watch) {
      const runs = await measureAccuracy(config, data, watch);
      for (const { weight, reason } of runs)
        if (reason !== undefined) watch.note(`weight ${weight}: diverged: ${reason}`);
      return { result: { runs }, drawn: undefined };
    },
    digested: ({ runs }) => accuracyDigest(runs),
    present: ({ config, runs }) => ({
      title: "How exact the spectral radius is inside training",
      lead: spectralSentences(runs),
      tables: spectralTables(runs),
      figures: accuracyFigures(config, runs),
      facts: [
        ["data", `${config.data.name}, digest ${config.data.digest}`],
        ["trained by", `${config.methods[0]}, ${config.training.epochs} epochs`],
        ["looked at", `epochs ${config.points.join(", ")}, ${config.probes} batches each`],
      ],
    }),
    failed: ({ runs }) => runs.some(({ status }) => status !== "finished"),
  };
}
