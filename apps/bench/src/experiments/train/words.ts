import { formatNumber } from "../../format.ts";
import type { NamedTable } from "../../report/table.ts";
import { printed } from "../../study/print.ts";
import type { Summary } from "../../summary.ts";

/** Errors of one output on the test set, in the output's unit; r2 is null for an output that is constant
 *  there. */
export interface OutputErrors {
  readonly name: string;
  readonly model: { readonly rmse: number; readonly r2: number | null };
  readonly linear: { readonly rmse: number; readonly r2: number | null };
}

export interface TrainSummary extends Summary {
  /** Means over outputs on the test set, of the exported model and of a least-squares fit to the same
   *  training rows. */
  readonly r2: { readonly model: number | null; readonly linear: number | null };
  readonly outputs: readonly OutputErrors[];
}

export function printTrain(summary: TrainSummary): string {
  return printed(summary, [outputTable(summary), modelTable(summary)], [verdict(summary)]);
}

export function outputTable({ outputs, r2: means }: TrainSummary): NamedTable {
  return {
    name: "outputs",
    caption:
      "On the test set: root mean square errors in the outputs' own units, and R² = 1 - squared error / variance, of the exported model and of a linear least-squares fit to the same rows.",
    header: ["output", "RMSE", "RMSE linear", "R²", "R² linear"],
    rows: [
      ...outputs.map(({ name, model, linear }) => [
        name,
        formatNumber(model.rmse),
        formatNumber(linear.rmse),
        formatNumber(model.r2),
        formatNumber(linear.r2),
      ]),
      ["mean", "", "", formatNumber(means.model), formatNumber(means.linear)],
    ],
  };
}

export function modelTable({ models }: Pick<TrainSummary, "models">): NamedTable {
  return {
    name: "models",
    caption:
      "Of the single networks, medians over trials: root mean square error over standardised outputs on training and test rows, mean spectral radius of the layers' Jacobians (1/time), penalty, training time.",
    header: ["model", "trials", "ER", "GE", "spectral radius", "penalty", "seconds"],
    rows: models.map(({ name, trials, riskTrain, riskTest, stiffness, penalty, seconds }) => [
      name,
      String(trials),
      ...[riskTrain, riskTest, stiffness, penalty, seconds].map(({ median }) => formatNumber(median)),
    ]),
  };
}

export function verdict({ r2: { model, linear }, models, config }: TrainSummary): string {
  const trained = models[0]!.trials;
  if (trained === 0) return "Every trial diverged: no model was written. A smaller --rate may help.";
  if (model === null || linear === null) return "Every output is constant on the test rows: R² says nothing.";
  const what = trained > 1 ? `the mean of ${trained} networks` : "the network";
  const compared = model > linear ? "better than" : model === linear ? "the same as" : "not better than";
  const chosen = config.keep === "best" ? "; epochs were chosen on validation rows" : "";
  return `On rows kept out of training, ${what} explains ${formatNumber(100 * model)} % of the outputs' variance (mean R² over outputs), ${compared} the ${formatNumber(100 * linear)} % of a linear fit to the same rows${chosen}.`;
}
