import type { EpochRecord } from "@stiffnet/core";
import { isRatio, proxyLabel } from "@stiffnet/report";
import { type Curve, evolution, type Figure, type Panel, seriesCount } from "@stiffnet/report/charts";
import type { StudyConfig } from "../configuration/config.ts";
import { labelOf, labelsOf } from "../configuration/labels.ts";
import type { TrainedTrial } from "../run/results.ts";

const howDrawn =
  "Thin lines are trials. The bold line is their median until the first trial ends, and the band holds their middle half.";

/** Errors over epochs: training and test (and validation where there is one). */
export function riskFigure(config: StudyConfig, trials: readonly TrainedTrial[]): Figure {
  const [train, validation] = riskPanels(config, trials);
  return {
    title: "Errors over the epochs",
    caption:
      "Root mean square error (RMSE) of the standardised outputs: on the training batches during an epoch, and on the test set" +
      `${validation ? " and the validation set" : ""} at its end. ${howDrawn}${leftOut(config)}`,
    panels: [
      train!,
      modelPanel(config, trials, "risk-test", "test error (RMSE)", (record) => record.riskTest),
      ...(validation ? [validation] : []),
    ],
  };
}

/** Purpose and price of a penalty: stiffness and test error over the epochs. */
export function answerFigure(config: StudyConfig, trials: readonly TrainedTrial[]): Figure {
  return {
    title: "Test error and stiffness over the epochs",
    caption: `Left: root mean square error (RMSE) of the standardised outputs on the test set. Right: the exact spectral radius of the Jacobian J = diag(s'(z)) W in 1/time, a mean over layers and ${config.measures.samples} test samples. ${howDrawn}${leftOut(config)}`,
    panels: [
      modelPanel(config, trials, "risk-test", "test error (RMSE)", (record) => record.riskTest),
      modelPanel(
        config,
        trials,
        "stiffness",
        "spectral radius, 1/time",
        (record) => record.measures?.spectralRadius,
      ),
    ],
  };
}

/** The rest of the training's course: how well it fits, and how large the parameters grow. */
export function courseFigure(config: StudyConfig, trials: readonly TrainedTrial[]): Figure {
  const [train, validation] = riskPanels(config, trials);
  return {
    title: "Training error and L2 norms over the epochs",
    caption: `Root mean square error (RMSE) on the training batches during an epoch${validation ? ", and on the validation set at its end" : ""}. The last plot has the mean of the Euclidean norms of the parameter tensors. ${howDrawn}${leftOut(config)}`,
    panels: [
      train!,
      ...(validation ? [validation] : []),
      modelPanel(config, trials, "norm", "mean L2 norm", (record) => record.norm),
    ],
  };
}

/** Errors of the training batches and of the validation set, if there is one. */
function riskPanels(config: StudyConfig, trials: readonly TrainedTrial[]): Panel[] {
  const validated = trials.some(({ history }) => history[0]?.riskValidation !== undefined);
  return [
    modelPanel(config, trials, "risk-train", "training error (RMSE)", (record) => record.riskTrain),
    ...(validated
      ? [
          modelPanel(
            config,
            trials,
            "risk-validation",
            "validation error (RMSE)",
            (record) => record.riskValidation,
          ),
        ]
      : []),
  ];
}

/** Every other proxy that was recorded over epochs: one panel a proxy, one series a model, so that models
 *  compare. */
export function otherProxiesFigure(config: StudyConfig, trials: readonly TrainedTrial[]): Figure {
  const names = recorded(trials).filter((name) => name !== "spectralRadius");
  return {
    title: "Other proxies over the epochs",
    caption: `Exact values over the layers and ${config.measures.samples} test samples. They are means in 1/time, and medians of the ratios. ${howDrawn}${leftOut(config)}`,
    panels: names.map((name) =>
      modelPanel(
        config,
        trials,
        `proxy-${name}`,
        isRatio(name) ? proxyLabel(name) : `${proxyLabel(name)}, 1/time`,
        (record) => record.measures?.[name],
      ),
    ),
  };
}

/** The proxies over epochs: one panel a model, one series a proxy, so that their order shows. */
export function proxyFigure(config: StudyConfig, trials: readonly TrainedTrial[]): Figure {
  const proxies = recorded(trials).filter((name) => !isRatio(name));
  const several = config.models.length > 1;
  const panels = config.models.map((model, k) => {
    const own = trials.filter(({ record }) => record.model === model.name);
    const all = proxies.flatMap((proxy) =>
      curves(own, (record) => record.measures?.[proxy]).map((curve) => ({
        ...curve,
        series: proxyLabel(proxy),
      })),
    );
    return evolution(all, {
      name: `proxies-${k + 1}`,
      label: several ? `${labelOf(model)}: proxy, 1/time` : "proxy, 1/time",
      series: proxies.map(proxyLabel),
      width: several ? 500 : 690,
    });
  });
  return {
    title: "Stiffness proxies over the epochs",
    caption: `Means over layers and ${config.measures.samples} test samples of the spectral radius, the largest singular value and the Frobenius norm of J = diag(s'(z)) W, computed exactly. Each bounds the next from below.`,
    panels,
  };
}

/** One series a model, in as many as can be told apart. */
function modelPanel(
  config: StudyConfig,
  trials: readonly TrainedTrial[],
  name: string,
  label: string,
  of: (record: EpochRecord) => number | undefined,
): Panel {
  const drawn = config.models.slice(0, seriesCount);
  const own = trials.filter(({ record }) => drawn.some((model) => model.name === record.model));
  const labels = labelsOf(config);
  const named = curves(own, of).map((curve) => ({ ...curve, series: labels(curve.series) }));
  return evolution(named, { name, label, series: drawn.map(labelOf), width: 490 });
}

function leftOut({ models }: StudyConfig): string {
  return models.length > seriesCount
    ? ` The first ${seriesCount} of ${models.length} models; all are in the tables.`
    : "";
}

/** The proxies that any trial has a history of. */
function recorded(trials: readonly TrainedTrial[]): string[] {
  return [
    ...new Set(
      trials.flatMap(({ history }) => history.flatMap(({ measures }) => Object.keys(measures ?? {}))),
    ),
  ];
}

function curves(trials: readonly TrainedTrial[], of: (record: EpochRecord) => number | undefined): Curve[] {
  return trials.map(({ record: trial, history }) => ({
    series: trial.model,
    trial: String(trial.trial),
    points: history.flatMap((record) => {
      const value = of(record);
      return value === undefined ? [] : [{ epoch: record.epoch, value }];
    }),
  }));
}
