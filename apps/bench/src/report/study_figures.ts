import type { EpochRecord } from "@stiffnet/core";
import type { StudyConfig } from "../runner/config.ts";
import type { TrainedTrial } from "../runner/results.ts";
import type { Figure } from "./canvas.ts";
import { type Curve, evolution } from "./evolution.ts";

/** Risks over epochs: training and test (and validation where there is one). */
export function riskFigure(config: StudyConfig, trials: readonly TrainedTrial[]): Figure {
  const series = config.models.map((model) => model.name);
  const panel = (name: string, label: string, of: (record: EpochRecord) => number | undefined) =>
    evolution(curves(trials, of), { name, label, logarithmic: true, series, width: 490 });
  const validated = trials.some(({ history }) => history[0]?.riskValidation !== undefined);
  return {
    title: "Errors over the epochs",
    caption:
      "Root mean square error over samples and standardised outputs: of the training batches while the parameters moved, of the test set" +
      `${validated ? " and of the validation set" : ""} at the end of each epoch. Each thin line is a trial, the bold line their median, the band the middle half.`,
    panels: [
      panel("risk-train", "training risk", (record) => record.riskTrain),
      panel("risk-test", "test risk", (record) => record.riskTest),
      ...(validated ? [panel("risk-validation", "validation risk", (record) => record.riskValidation)] : []),
    ],
  };
}

const proxyNames: Readonly<Record<string, string>> = {
  spectralRadius: "spectral radius",
  frobenius: "Frobenius norm",
  largestSingularValue: "largest singular value",
};

/** The proxies over epochs: one panel a model, one series a proxy, so that their order shows. */
export function proxyFigure(config: StudyConfig, trials: readonly TrainedTrial[]): Figure {
  const panels = config.models.map(({ name }, k) => {
    const own = trials.filter(({ record }) => record.model === name);
    const all = Object.entries(proxyNames).flatMap(([proxy, label]) =>
      curves(own, (record) => record.measures?.[proxy]).map((curve) => ({ ...curve, series: label })),
    );
    return evolution(all, {
      name: `proxies-${k + 1}`,
      label: config.models.length > 1 ? `${name}: proxy, 1/time` : "proxy, 1/time",
      logarithmic: true,
      series: Object.values(proxyNames),
      width: config.models.length > 1 ? 500 : 690,
    });
  });
  return {
    title: "Stiffness proxies over the epochs",
    caption: `Means over layers and ${config.measures.samples} test samples of the spectral radius, the largest singular value and the Frobenius norm of J = diag(s'(z)) W, computed exactly. Each bounds the next from below.`,
    panels,
  };
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
