import { predict } from "@stiffnet/core";
import { linearFit, r2 } from "@stiffnet/datasets";
import { type StudyData, standIn } from "../../data/kinds.ts";
import type { Figure } from "../../report/canvas.ts";
import { predictedAgainstTrue } from "../../report/scatter.ts";
import { proxyFigure, riskFigure } from "../../report/study-figures.ts";
import { writeReport } from "../../report/write.ts";
import { mean } from "../../statistics.ts";
import { exportModel } from "../../study/exported-model.ts";
import { factsOf, troubleOf } from "../../study/facts.ts";
import type { Results } from "../../study/kind.ts";
import { modelTable, type OutputErrors, outputTable, type TrainSummary, verdict } from "./words.ts";

export async function concludeTrain(results: Results): Promise<TrainSummary> {
  const { config, data, folder, run, trials, summary } = results;
  const finished = trials.filter(({ record }) => record.status === "finished");
  const models = finished.map(({ model }) => model);
  const exported = await exportModel(results, finished);
  const predictions = models.map((model) => predict(model, data.test.inputs));
  const ensemble = data.test.outputs.map((_, i) => mean(predictions.map((values) => values[i]!)));
  const linear = linearFit(data.train).predict(data.test.inputs);
  const outputs = models.length > 0 ? errorsOf(data, ensemble, linear) : [];
  const result: TrainSummary = {
    ...summary,
    files: { ...summary.files, ...exported.files },
    r2: {
      model: meanR2(outputs.map((output) => output.model.r2)),
      linear: meanR2(outputs.map((output) => output.linear.r2)),
    },
    outputs,
  };
  const shown = { ...result, config };
  await writeReport(folder, {
    title: `${data.name}: surrogate of ${data.outputNames.length} outputs from ${data.inputNames.length} inputs`,
    lead: [verdict(shown), ...standIn(config.data), ...exported.missing, ...troubleOf(run)],
    tables: [outputTable(shown), modelTable(shown)],
    figures: [
      ...(models.length > 0 ? [scatterFigure(data, ensemble, linear, outputs)] : []),
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

function errorsOf(data: StudyData, model: Float64Array, linear: Float64Array): OutputErrors[] {
  const { outputNames, test } = data;
  const columns = outputNames.length;
  const rmse = (prediction: Float64Array, column: number): number => {
    let sum = 0;
    for (let i = column; i < prediction.length; i += columns) sum += (prediction[i]! - test.outputs[i]!) ** 2;
    return Math.sqrt(sum / test.count);
  };
  const [r2Model, r2Linear] = [r2(test.outputs, model, columns), r2(test.outputs, linear, columns)];
  const known = (value: number): number | null => (Number.isNaN(value) ? null : value);
  return outputNames.map((name, column) => ({
    name,
    model: { rmse: rmse(model, column), r2: known(r2Model[column]!) },
    linear: { rmse: rmse(linear, column), r2: known(r2Linear[column]!) },
  }));
}

/** Predicted against true, one panel an output; the first twelve. */
function scatterFigure(
  data: StudyData,
  model: Float64Array,
  linear: Float64Array,
  outputs: readonly OutputErrors[],
): Figure {
  const columns = outputs.length;
  const shown = outputs.slice(0, 12);
  return {
    title: "Predicted against true",
    caption: `Test rows, in the outputs' own units${shown.length < columns ? ` (the first ${shown.length} of ${columns} outputs)` : ""}. Dots: the exported model; crosses: the linear fit (those beyond the frame at its edge); the diagonal is perfect.`,
    panels: shown.map(({ name, model: { r2: own }, linear: { r2: other } }, column) =>
      predictedAgainstTrue(
        Array.from({ length: data.test.count }, (_, i) => ({
          truth: data.test.outputs[i * columns + column]!,
          model: model[i * columns + column]!,
          linear: linear[i * columns + column]!,
        })),
        { name: `predicted-${column + 1}`, output: name, r2: { model: own, linear: other } },
      ),
    ),
  };
}
