import { counted } from "@stiffnet/base";
import { writeWhole } from "@stiffnet/base/files";
import type { Json } from "@stiffnet/onnx";
import { type Figure, mean, median } from "@stiffnet/report";
import { predictedAgainstTrue, writeReport } from "@stiffnet/report/charts";
import { r2 } from "@stiffnet/tables";
import { given } from "@stiffnet/terminal";
import {
  factsOf,
  onAllRows,
  type Results,
  type StudyData,
  standIn,
  type TrainedTrial,
  troubleOf,
  withTestRows,
} from "@stiffnet/trials";
import { answerFigure, courseFigure, otherProxiesFigure } from "@stiffnet/trials/figures";
import { type Exported, exportModel } from "@stiffnet/trials/surrogate";
import { type Intervals, usualLevel } from "@stiffnet/uncertainty";
import { sensitivityFigure } from "../sensitivity/figures.ts";
import { sensitivitySentences, sensitivityTable } from "../sensitivity/words.ts";
import { candidatesOf, type Kept, type ModelKind, rowsOfProcess } from "./candidates.ts";
import { exportProcess } from "./export.ts";
import { coverageOf, testIntervals } from "./intervals.ts";
import { type Judged, judge } from "./judged.ts";
import { learningOf, rowsOf } from "./learning.ts";
import { predictionsCsv } from "./predictions.ts";
import { sensitivityOf } from "./sensitivity.ts";
import { tuningIn, tuningTable } from "./tune/tuning.ts";
import { modelTable, type OutputErrors, outputTable, sentences, type TrainSummary } from "./words.ts";

export async function concludeTrain(results: Results): Promise<TrainSummary> {
  const { config, data, folder, run, trials, summary } = results;
  const [first] = config.models;
  const finished = (name: string) =>
    trials.filter(({ record }) => record.status === "finished" && record.model === name);
  const own = finished(first!.name);
  const candidates = candidatesOf(results, own);
  const { process, kept, chosen } = candidates;
  const usable = kept.kind === "gaussian-process" || own.length > 0;
  const all = { ...results, data: withTestRows(data), config: { ...config, surrogate: kept.kind } };
  const exported = config.refit
    ? await exportKept(all, finished(onAllRows(first!).name))
    : await exportKept(results, own, candidates);
  const answers = chosen.answer(data.test.inputs);
  const { calibration } = chosen;
  const intervals = usable && calibration ? testIntervals(data, calibration, answers) : undefined;
  const judged = judge(results, candidates);
  const sensitivity = usable ? await sensitivityOf(data, chosen.mean, config.seed) : undefined;
  const outputs = usable ? errorsOf(data, judged, { kept, trained: own.length > 0, intervals }) : [];
  const predictions =
    usable && data.test.count > 0 ? { predictions: folder.file("predictions.csv") } : undefined;
  if (predictions) writeWhole(predictions.predictions, predictionsCsv(data, answers.mean, intervals));
  const result: TrainSummary = {
    ...summary,
    files: { ...summary.files, ...exported.files, ...predictions },
    kept,
    rows: rowsOf(data, own, config.data.validation),
    learning: learningOf(config, own),
    ...(calibration && {
      intervals: {
        level: usualLevel,
        rows: calibration.rows,
        ...(intervals && { outside: count(intervals.outside) }),
      },
    }),
    ...(sensitivity && { sensitivity }),
    ...given({ tuning: tuningIn(folder) }),
    r2: {
      model: meanR2(outputs.map((output) => output.model.r2)),
      network: meanR2(outputs.map((output) => output.network?.r2 ?? null)),
      gaussian: meanR2(outputs.map((output) => output.gaussian.r2)),
      linear: meanR2(outputs.map((output) => output.linear.r2)),
    },
    gaussianRows: rowsOfProcess(process),
    outputs,
  };
  const shown = { ...result, config };
  await writeReport(folder, {
    title: `${data.name}: surrogate of ${counted(data.outputNames.length, "output")} from ${counted(data.inputNames.length, "input")}`,
    lead: [
      ...sentences(shown),
      ...(data.notes ?? []).map((text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`),
      ...standIn(config.data),
      ...exported.missing,
      ...troubleOf(run),
      ...(sensitivity ? sensitivitySentences(sensitivity) : []),
    ],
    tables: [
      outputTable(shown),
      modelTable(shown),
      ...(sensitivity ? [sensitivityTable(sensitivity)] : []),
      ...(result.tuning ? [tuningTable(result.tuning)] : []),
    ],
    figures: [
      ...(usable ? [scatterFigure(judged, kept.kind, outputs)] : []),
      ...(sensitivity ? [sensitivityFigure(sensitivity)] : []),
      answerFigure(config, own),
      courseFigure(config, own),
      otherProxiesFigure(config, own),
    ],
    ...factsOf(summary),
  });
  return result;
}

/** Writes the model that is kept, with its intervals. */
async function exportKept(
  results: Results,
  trials: readonly TrainedTrial[],
  { kept, process, chosen } = candidatesOf(results, trials),
): Promise<Exported> {
  const { calibration } = chosen;
  const metadata = calibration ? { intervals: calibration as unknown as Json } : {};
  return kept.kind === "network"
    ? exportModel(results, trials, { metadata })
    : exportProcess(results, process, metadata);
}

/** Over the outputs that vary on the rows that judge. */
function meanR2(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : mean(known);
}

function count(outside: Float64Array): number {
  return outside.filter((excess) => excess > 0).length;
}

function errorsOf(
  data: StudyData,
  { samples, predicted }: Judged,
  {
    kept,
    trained,
    intervals,
  }: { readonly kept: Kept; readonly trained: boolean; readonly intervals: Intervals | undefined },
): OutputErrors[] {
  const { outputNames } = data;
  const columns = outputNames.length;
  const known = (value: number): number | null => (Number.isNaN(value) ? null : value);
  const errors = (prediction: Float64Array) => {
    const explained = r2(samples.outputs, prediction, columns);
    return outputNames.map((_, column) => {
      let sum = 0;
      for (let i = column; i < prediction.length; i += columns)
        sum += (prediction[i]! - samples.outputs[i]!) ** 2;
      return { rmse: Math.sqrt(sum / samples.count), r2: known(explained[column]!) };
    });
  };
  const [gaussian, linear] = [errors(predicted.gaussian), errors(predicted.linear)];
  const network = trained ? errors(predicted.network) : undefined;
  const model = kept.kind === "network" ? network! : gaussian;
  const coverage = intervals && coverageOf(data, intervals);
  const halves = intervals && [...intervals.low].map((from, i) => (intervals.high[i]! - from) / 2);
  const widths = halves && outputNames.map((_, c) => median(halves.filter((_, i) => i % columns === c)));
  return outputNames.map((name, column) => ({
    name,
    model: model[column]!,
    gaussian: gaussian[column]!,
    linear: linear[column]!,
    ...(network && { network: network[column]! }),
    ...(coverage && { coverage: coverage[column]!, halfWidth: widths![column]! }),
  }));
}

/** Predicted against true, one panel an output; the first twelve. */
function scatterFigure(
  { samples, predicted: { network, gaussian } }: Judged,
  kind: ModelKind,
  outputs: readonly OutputErrors[],
): Figure {
  const [model, other, named] =
    kind === "network"
      ? ([network, gaussian, "the Gaussian process"] as const)
      : ([gaussian, network, "the networks"] as const);
  const columns = outputs.length;
  // The worst where there are more than fit.
  const shown = outputs
    .map((output, column) => ({ ...output, column }))
    .sort((a, b) => (outputs.length > 12 ? (a.model.r2 ?? 1) - (b.model.r2 ?? 1) : a.column - b.column))
    .slice(0, 12);
  return {
    title: "Predicted against true",
    caption: `The rows that judge the model, in the units of the outputs.${shown.length < columns ? ` Shown are the ${shown.length} of ${columns} outputs with the smallest R²; predictions.csv has all.` : ""} Dots: the exported model. Crosses: ${named} (drawn at the edge if they lie beyond it). On the diagonal, prediction and truth are equal.`,
    panels: shown.map(({ name, column, model: { r2: own }, ...others }) =>
      predictedAgainstTrue(
        Array.from({ length: samples.count }, (_, i) => ({
          truth: samples.outputs[i * columns + column]!,
          model: model[i * columns + column]!,
          other: other[i * columns + column]!,
        })),
        {
          name: `predicted-${column + 1}`,
          output: name,
          r2: { model: own, other: (kind === "network" ? others.gaussian : others.network)?.r2 ?? null },
        },
      ),
    ),
  };
}
