import type { EpochRecord } from "@stiffnet/core";
import { type Figure, isRatio, type Panel, proxyLabel } from "@stiffnet/report";
import { evolution, seriesCount } from "@stiffnet/report/charts";
import type { StudyConfig } from "../configuration/config.ts";
import { labelOf, labelsOf } from "../configuration/labels.ts";
import type { TrainedTrial } from "../run/results.ts";

const howDrawn =
  "Thin lines are trials. The bold line is their median until the first trial ends, and the band holds their middle half.";

/** Purpose and price of a penalty: stiffness and test error over the epochs. */
export function answerFigure(config: StudyConfig, trials: readonly TrainedTrial[]): Figure {
  const panel = panelOf(config, trials);
  return {
    title: "Test error and stiffness over the epochs",
    caption: `The test error is the root mean square error (RMSE) of the standardised outputs. The spectral radius is that of the Jacobian J = diag(s'(z)) W, exact, in 1/time, and a mean over layers and ${config.measures.samples} test samples. ${howDrawn}${leftOut(config)}`,
    panels: [
      panel("risk-test", "test error (RMSE)", ({ riskTest }) => riskTest),
      panel("stiffness", "spectral radius, 1/time", ({ measures }) => measures?.spectralRadius),
    ],
  };
}

/** The rest of the training's course: how well it fits, and how large the parameters grow. */
export function courseFigure(config: StudyConfig, trials: readonly TrainedTrial[]): Figure {
  const panel = panelOf(config, trials);
  const validated = trials.some(({ history }) => history[0]?.riskValidation !== undefined);
  const validation = (): Panel =>
    panel("risk-validation", "validation error (RMSE)", ({ riskValidation }) => riskValidation);
  return {
    title: "Training error and L2 norms over the epochs",
    caption: `Root mean square error (RMSE) on the training batches during an epoch${validated ? ", and on the validation set at its end" : ""}. The last plot has the mean of the Euclidean norms of the parameter tensors. ${howDrawn}${leftOut(config)}`,
    panels: [
      panel("risk-train", "training error (RMSE)", ({ riskTrain }) => riskTrain),
      ...(validated ? [validation()] : []),
      panel("norm", "mean L2 norm", ({ norm }) => norm),
    ],
  };
}

/** Every other proxy that was recorded over epochs: one panel a proxy, one series a model, so that models
 *  compare. */
export function otherProxiesFigure(config: StudyConfig, trials: readonly TrainedTrial[]): Figure {
  const panel = panelOf(config, trials);
  const all = trials.flatMap(({ history }) => history.flatMap(({ measures }) => Object.keys(measures ?? {})));
  const names = [...new Set(all)].filter((name) => name !== "spectralRadius");
  return {
    title: "Other proxies over the epochs",
    caption: `Exact values over the layers and ${config.measures.samples} test samples. They are means in 1/time, and medians of the ratios. ${howDrawn}${leftOut(config)}`,
    panels: names.map((name) => {
      const label = isRatio(name) ? proxyLabel(name) : `${proxyLabel(name)}, 1/time`;
      return panel(`proxy-${name}`, label, ({ measures }) => measures?.[name]);
    }),
  };
}

/** One series a model, in as many as can be told apart. */
function panelOf(config: StudyConfig, trials: readonly TrainedTrial[]) {
  const drawn = config.models.slice(0, seriesCount);
  const own = trials.filter(({ record }) => drawn.some((model) => model.name === record.model));
  const labels = labelsOf(config);
  return (name: string, label: string, of: (record: EpochRecord) => number | undefined): Panel =>
    evolution(
      own.map(({ record: { model, trial }, history }) => ({
        series: labels(model),
        trial: String(trial),
        points: history.flatMap((record) => {
          const value = of(record);
          return value === undefined ? [] : [{ epoch: record.epoch, value }];
        }),
      })),
      { name, label, series: drawn.map(labelOf), width: drawn.length > 1 ? 490 : 430 },
    );
}

function leftOut({ models }: StudyConfig): string {
  return models.length > seriesCount
    ? ` The first ${seriesCount} of ${models.length} models; all are in the tables.`
    : "";
}
