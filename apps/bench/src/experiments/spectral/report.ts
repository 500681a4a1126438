import { commandLine } from "../../repeat.ts";
import { commonFacts } from "../../report/facts.ts";
import { reportPage } from "../../report/page.ts";
import { accuracyFigures, costFigure } from "./figures.ts";
import { type SpectralSummary, sentences, tablesOf } from "./words.ts";

export function spectralPage(summary: SpectralSummary): string {
  const { config, runs, cases } = summary;
  const accuracy = config.part === "accuracy";
  return reportPage({
    title: accuracy
      ? "How exact the spectral radius is inside training"
      : "What a step with the spectral radius costs",
    lead: sentences(summary),
    tables: tablesOf(summary),
    figures: accuracy ? accuracyFigures(config, runs) : [costFigure(cases)],
    facts: [
      ...(config.part === "accuracy"
        ? ([
            ["data", `${config.data.name}, digest ${config.data.digest}`],
            ["trained by", `${config.methods[0]}, ${config.training.epochs} epochs`],
            ["looked at", `epochs ${config.points.join(", ")}, ${config.probes} batches each`],
            ["digest", summary.digest],
          ] as const)
        : ([
            [
              "rounds",
              `${config.rounds} of ${config.secondsPerRound} s a model, in turns, on one thread, after ${config.warmEpochs} epochs of 20 batches`,
            ],
          ] as const)),
      ...commonFacts(summary),
    ],
    repeat: commandLine(["stiffnet", ...process.argv.slice(2)]),
    configuration: config,
  });
}
