import { rangesOf } from "@stiffnet/onnx";
import { prepare } from "@stiffnet/preparation";
import type { StudyData } from "../data/kinds.ts";
import { surfaceFigure } from "../report/alpine-figures.ts";
import { proxyFigure, riskFigure } from "../report/study-figures.ts";
import { writeReport } from "../report/write.ts";
import type { Summary } from "../summary.ts";
import { type AlpineSummary, mainTable, sentences } from "./alpine-words.ts";
import { factsOf, metadataOf, troubleOf } from "./describe.ts";
import { proxyTable } from "./proxy-table.ts";
import type { Results } from "./study-command.ts";
import { writeModel } from "./write-model.ts";

export async function concludeAlpine({
  config,
  data,
  folder,
  run,
  trials,
  summary,
}: Results<Summary>): Promise<AlpineSummary> {
  // The plain model's trial that fits its training points best: the test set chooses nothing.
  const [best] = trials
    .filter(({ record }) => record.status === "finished" && record.model === config.models[0]!.name)
    .sort((a, b) => a.record.riskTrain - b.record.riskTrain);
  const files = { ...summary.files };
  const missing: string[] = [];
  const result = { ...summary, files, deviationOfHalfRange: deviationOfHalfRange(data) };
  if (best) {
    const model = folder.file("model.onnx");
    const reason = await writeModel([best.model], model, {
      ranges: rangesOf(data.train.inputs, data.inputNames.length),
      metadata: metadataOf(summary, [best]),
      name: best.record.model,
      of: "Surrogate of Alpine02 in two dimensions",
    });
    if (reason === undefined) files.model = model;
    else missing.push(reason);
  }
  const trained = trials.filter(({ record }) => record.status === "finished");
  await writeReport(folder, {
    title: "Alpine02: a residual network and its stiffness",
    lead: [...sentences(result), ...missing, ...troubleOf(run)],
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
  const outputs = prepare(data.preparation.outputs, data.train.outputs);
  const [low, high] = outputs.reduce(
    ([a, b], value) => [Math.min(a, value), Math.max(b, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  return 2 / (high - low);
}
