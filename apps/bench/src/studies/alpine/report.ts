import { prepare } from "@stiffnet/preparation";
import { rangeOf } from "@stiffnet/report";
import { writeReport } from "@stiffnet/report/charts";
import { factsOf, proxyTable, type Results, type StudyData, troubleOf } from "@stiffnet/trials";
import { exportModel, proxyFigure, riskFigure } from "@stiffnet/trials/results";
import { surfaceFigure } from "./figures.ts";
import { type AlpineSummary, mainTable, sentences } from "./words.ts";

export async function concludeAlpine(results: Results): Promise<AlpineSummary> {
  const { config, data, folder, run, trials, summary } = results;
  const trained = trials.filter(({ record }) => record.status === "finished");
  // The plain model's trial that fits its training points best: the test set chooses nothing.
  const [best] = trained
    .filter(({ record }) => record.model === config.models[0]!.name)
    .sort((a, b) => a.record.riskTrain - b.record.riskTrain);
  const exported = await exportModel(results, best ? [best] : [], {
    of: "Surrogate of Alpine02 in two dimensions",
  });
  const result = {
    ...summary,
    files: { ...summary.files, ...exported.files },
    deviationOfHalfRange: deviationOfHalfRange(data),
  };
  await writeReport(folder, {
    title: "Alpine02: a residual network and its stiffness",
    lead: [...sentences(result), ...exported.missing, ...troubleOf(run)],
    tables: [mainTable(summary), proxyTable(summary)],
    figures: [
      riskFigure(config, trained),
      proxyFigure(config, trained),
      ...(best
        ? [surfaceFigure(best.model, `trial ${best.record.trial}, the one with the smallest training risk`)]
        : []),
    ],
    ...factsOf(summary),
  });
  return result;
}

function deviationOfHalfRange(data: StudyData): number {
  const [low, high] = rangeOf(prepare(data.preparation.outputs, data.train.outputs));
  return 2 / (high - low);
}
