import { writeWhole } from "@stiffnet/base/files";
import { predict } from "@stiffnet/core";
import type { Json } from "@stiffnet/onnx";
import { mean, median } from "@stiffnet/report";
import { type Figure, predictedAgainstTrue, writeReport } from "@stiffnet/report/charts";
import { r2 } from "@stiffnet/tables";
import { given } from "@stiffnet/terminal";
import { factsOf, type Results, type StudyData, standIn, troubleOf } from "@stiffnet/trials";
import { exportModel, proxyFigure, riskFigure } from "@stiffnet/trials/results";
import { spreadOf, usualLevel } from "@stiffnet/uncertainty";
import { sensitivityFigure } from "../sensitivity/figures.ts";
import { sensitivitySentences, sensitivityTable } from "../sensitivity/words.ts";
import { type Baselines, baselinesOf } from "./baselines.ts";
import { calibrateMean, coverageOf, testIntervals } from "./intervals.ts";
import { learningOf, rowsOf } from "./learning.ts";
import { predictionsCsv } from "./predictions.ts";
import { sensitivityOf } from "./sensitivity.ts";
import { tuningIn } from "./tune/tuning.ts";
import { tuningTable } from "./tune/words.ts";
import { modelTable, type OutputErrors, outputTable, sentences, type TrainSummary } from "./words.ts";

export async function concludeTrain(results: Results): Promise<TrainSummary> {
  const { config, data, folder, run, trials, summary } = results;
  const finished = trials.filter(({ record }) => record.status === "finished");
  const models = finished.map(({ model }) => model);
  const onTraining = models.map((model) => predict(model, data.train.inputs));
  const { validation } = config.data;
  const calibration = models.length > 0 ? calibrateMean(results, finished, onTraining) : undefined;
  const exported = await exportModel(results, finished, {
    metadata: calibration ? { intervals: calibration as unknown as Json } : {},
  });
  const { mean: ensemble, std } = spreadOf(models.map((model) => predict(model, data.test.inputs)));
  const intervals = calibration && testIntervals(data, calibration, std);
  const baselines = baselinesOf(data);
  const sensitivity = models.length > 0 ? await sensitivityOf(data, models, config.seed) : undefined;
  const outputs = models.length > 0 ? errorsOf(data, ensemble, baselines, intervals?.half) : [];
  if (models.length > 0) {
    writeWhole(folder.file("predictions.csv"), predictionsCsv(data, ensemble, intervals?.half));
  }
  const result: TrainSummary = {
    ...summary,
    files: {
      ...summary.files,
      ...exported.files,
      ...(models.length > 0 && { predictions: folder.file("predictions.csv") }),
    },
    rows: rowsOf(data, finished, validation),
    learning: learningOf(config, finished),
    ...(intervals && { intervals: { level: usualLevel, outside: count(intervals.outside) } }),
    ...(sensitivity && { sensitivity }),
    ...given({ tuning: tuningIn(folder) }),
    r2: {
      model: meanR2(outputs.map((output) => output.model.r2)),
      gaussian: meanR2(outputs.map((output) => output.gaussian.r2)),
      linear: meanR2(outputs.map((output) => output.linear.r2)),
    },
    gaussianRows: baselines.gaussianRows,
    outputs,
  };
  const shown = { ...result, config };
  await writeReport(folder, {
    title: `${data.name}: surrogate of ${counted(data.outputNames, "output")} from ${counted(data.inputNames, "input")}`,
    lead: [
      ...sentences(shown),
      ...standIn(config.data),
      ...exported.missing,
      ...troubleOf(run),
      ...(sensitivity ? sensitivitySentences(sensitivity) : []),
    ],
    tables: [
      ...[outputTable(shown), modelTable(shown)],
      ...(sensitivity ? [sensitivityTable(sensitivity)] : []),
      ...(result.tuning ? [tuningTable(result.tuning)] : []),
    ],
    figures: [
      ...(models.length > 0 ? [scatterFigure(data, ensemble, baselines.gaussian, outputs)] : []),
      ...(sensitivity ? [sensitivityFigure(sensitivity)] : []),
      riskFigure(config, finished),
      proxyFigure(config, finished),
    ],
    ...factsOf(summary),
  });
  return result;
}

/** Over the outputs that vary on the test rows. */
function meanR2(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : mean(known);
}

function count(outside: Float64Array): number {
  return outside.filter((excess) => excess > 0).length;
}

function errorsOf(
  data: StudyData,
  model: Float64Array,
  { gaussian, linear }: Baselines,
  half: Float64Array | undefined,
): OutputErrors[] {
  const { outputNames, test } = data;
  const columns = outputNames.length;
  const known = (value: number): number | null => (Number.isNaN(value) ? null : value);
  const errors = (prediction: Float64Array) => {
    const explained = r2(test.outputs, prediction, columns);
    return outputNames.map((_, column) => {
      let sum = 0;
      for (let i = column; i < prediction.length; i += columns)
        sum += (prediction[i]! - test.outputs[i]!) ** 2;
      return { rmse: Math.sqrt(sum / test.count), r2: known(explained[column]!) };
    });
  };
  const [ofModel, ofGaussian, ofLinear] = [errors(model), errors(gaussian), errors(linear)];
  const coverage = half && coverageOf(data, model, half);
  const widths = half && outputNames.map((_, c) => median([...half].filter((_, i) => i % columns === c)));
  return outputNames.map((name, column) => ({
    ...{ name, model: ofModel[column]!, gaussian: ofGaussian[column]!, linear: ofLinear[column]! },
    ...(coverage && { coverage: coverage[column]!, halfWidth: known(widths![column]!) }),
  }));
}

/** Predicted against true, one panel an output; the first twelve. */
function scatterFigure(
  data: StudyData,
  model: Float64Array,
  gaussian: Float64Array,
  outputs: readonly OutputErrors[],
): Figure {
  const columns = outputs.length;
  // The worst where there are more than fit.
  const shown = outputs
    .map((output, column) => ({ ...output, column }))
    .sort((a, b) => (outputs.length > 12 ? (a.model.r2 ?? 1) - (b.model.r2 ?? 1) : a.column - b.column))
    .slice(0, 12);
  return {
    title: "Predicted against true",
    caption: `Test rows, in the outputs' own units${shown.length < columns ? ` (the ${shown.length} of ${columns} outputs with the smallest R²; predictions.csv has all)` : ""}. Dots: the exported model; crosses: the Gaussian process (those beyond the frame at its edge); the diagonal is perfect.`,
    panels: shown.map(({ name, column, model: { r2: own }, gaussian: { r2: other } }) =>
      predictedAgainstTrue(
        Array.from({ length: data.test.count }, (_, i) => ({
          truth: data.test.outputs[i * columns + column]!,
          model: model[i * columns + column]!,
          other: gaussian[i * columns + column]!,
        })),
        { name: `predicted-${column + 1}`, output: name, r2: { model: own, other } },
      ),
    ),
  };
}

function counted({ length }: readonly string[], word: string): string {
  return `${length} ${word}${length === 1 ? "" : "s"}`;
}
