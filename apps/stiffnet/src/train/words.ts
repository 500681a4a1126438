import { mean, type NamedTable } from "@stiffnet/report";
import { formatNumber, formatPercent } from "@stiffnet/terminal";
import { printed, type Summary } from "@stiffnet/trials";
import type { SobolAnalysis } from "@stiffnet/uncertainty";
import type { Learning, TrainRows } from "./learning.ts";
import type { Tuning } from "./tune/tuning.ts";
import { tuningSentence } from "./tune/words.ts";

/** Errors of one output on the test set, in the output's unit; r2 is null for an output that is constant
 *  there. */
export interface OutputErrors {
  readonly name: string;
  readonly model: { readonly rmse: number; readonly r2: number | null };
  readonly gaussian: { readonly rmse: number; readonly r2: number | null };
  readonly linear: { readonly rmse: number; readonly r2: number | null };
  /** Share of the test rows within their intervals, and the median half-width, in the output's unit (null
   *  where there were too few rows to calibrate it); absent without validation rows. */
  readonly coverage?: number;
  readonly halfWidth?: number | null;
}

export interface TrainSummary extends Summary {
  /** Means over outputs on the test set, of the exported model and of a Gaussian process and a least-squares
   *  fit to the same training rows. */
  readonly r2: Readonly<Record<"model" | "gaussian" | "linear", number | null>>;
  /** Training rows that the Gaussian process is made of: not all of a large table. */
  readonly gaussianRows: number;
  readonly outputs: readonly OutputErrors[];
  readonly rows: TrainRows;
  readonly learning: Learning;
  /** Level of the intervals, and test rows outside the box of the training rows, where they are wider. */
  readonly intervals?: { readonly level: number; readonly outside: number };
  /** How the configuration was chosen, where it was. */
  readonly tuning?: Tuning;
  /** Sobol indices of the model over the box of the training rows. */
  readonly sensitivity?: SobolAnalysis;
}

export function printTrain(summary: TrainSummary): string {
  return [
    printed(summary, [outputTable(summary), modelTable(summary)], sentences(summary)),
    ...(summary.files.predictions ? [`rows   ${summary.files.predictions}`] : []),
  ].join("\n");
}

/** Outputs beyond which a table begins with the worst. */
const inOrder = 12;

export function outputTable({
  outputs: all,
  r2: means,
  intervals,
  rows,
  gaussianRows,
}: TrainSummary): NamedTable {
  const outputs = all.length > inOrder ? [...all].sort((a, b) => (a.model.r2 ?? 1) - (b.model.r2 ?? 1)) : all;
  const percent = intervals && formatPercent(intervals.level);
  return {
    name: "outputs",
    caption:
      `On the test set: root mean square errors in the outputs' own units, and R² = 1 - squared error / variance, of the exported model, of a Gaussian process (GP; Matern 5/2, a length for each input${gaussianRows < rows.train ? `, of ${gaussianRows} of the rows` : ""}) and of a linear least-squares fit to the same rows.` +
      `${intervals ? ` Intervals that are to hold ${percent} of new cases: their median half-width, and the share of the test rows that they held.` : ""}${all.length > inOrder ? " The worst first." : ""}`,
    header: [
      ...["output", "RMSE", "RMSE GP", "RMSE linear", "R²", "R² GP", "R² linear"],
      ...(intervals ? [`± ${percent}`, "held"] : []),
    ],
    rows: [
      ...outputs.map(({ name, model, gaussian, linear, coverage, halfWidth }) => [
        name,
        ...[model.rmse, gaussian.rmse, linear.rmse].map((rmse) => formatNumber(rmse)),
        ...[model.r2, gaussian.r2, linear.r2].map((r2) => formatNumber(r2)),
        ...(intervals ? [formatNumber(halfWidth ?? null), formatPercent(coverage)] : []),
      ]),
      [
        ...["mean", "", "", ""],
        ...[means.model, means.gaussian, means.linear].map((r2) => formatNumber(r2)),
        ...(intervals ? ["", formatPercent(mean(outputs.map(({ coverage = Number.NaN }) => coverage)))] : []),
      ],
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

export function verdict({ r2: { model, gaussian, linear }, models, config }: TrainSummary): string {
  const trained = models[0]!.trials;
  if (trained === 0) return "Every trial diverged: no model was written. A smaller --rate may help.";
  if (model === null || gaussian === null || linear === null) {
    return "Every output is constant on the test rows: R² says nothing.";
  }
  const what = trained > 1 ? `the mean of ${trained} networks` : "the network";
  const chosen = config.keep === "best" ? "; epochs were chosen on validation rows" : "";
  const rest = `a Gaussian process of the same rows ${explained(gaussian)}, a linear fit ${explained(linear)}`;
  if (model >= 0) {
    return `On rows kept out of training, ${what} explains ${formatNumber(100 * model)} % of the outputs' variance (mean R² over outputs), ${rest}${chosen}.`;
  }
  return `On rows kept out of training, ${what} is further off than the outputs' mean would be (mean R² ${formatNumber(model)}), ${rest}: it has learnt nothing that holds for new rows.`;
}

function explained(r2: number): string {
  return r2 < 0 ? `is further off than their mean (${formatNumber(r2)})` : `${formatNumber(100 * r2)} %`;
}

/** Errors over a Gaussian process's beyond which there is something to be done. */
const behind = 1.1;

function behindGaussian({ outputs, tuning }: TrainSummary): string[] {
  const ratios = outputs.map(({ model, gaussian }) => model.rmse / gaussian.rmse).filter(Number.isFinite);
  const ratio = Math.exp(mean(ratios.map((value) => Math.log(value))));
  if (!(ratio > behind)) return [];
  return [
    `The Gaussian process is nearer: the network's errors are ${formatNumber(ratio)} times as large (geometric mean over outputs).${tuning ? "" : " --tune may find a better one."}`,
  ];
}

/** The verdict, and what else there is to say before the tables. */
export function sentences(summary: TrainSummary): string[] {
  const { rows, learning, intervals, outputs, tuning } = summary;
  const dropped = rows.dropped > 0 ? `, ${rows.dropped} with gaps left out` : "";
  const filled = rows.filled > 0 ? `, ${rows.filled} empty cells filled with means` : "";
  const kept = rows.validation > 0 ? `, ${rows.validation} of them kept back in each trial` : "";
  const held = intervals && mean(outputs.map(({ coverage = Number.NaN }) => coverage));
  const outside =
    intervals && intervals.outside > 0
      ? `; ${intervals.outside} test rows lie outside the box of the training rows, where intervals are wider`
      : "";
  return [
    verdict(summary),
    ...behindGaussian(summary),
    ...(tuning ? [tuningSentence(tuning)] : []),
    `Rows: ${rows.train} trained on${kept}, ${rows.test} tested${dropped}${filled}.`,
    ...(intervals
      ? [
          `Intervals for ${formatPercent(intervals.level)} of new cases held ${formatPercent(held)} of the test rows${outside}.`,
        ]
      : []),
    ...(rows.constant.length > 0
      ? [`Never varied in training, and ignored by the model: ${rows.constant.join(", ")}.`]
      : []),
    ...(learning.unfinished > 0
      ? [
          `${learning.unfinished} of ${learning.trials} networks were still learning when they ended: their validation risk fell by more than ${formatPercent(learning.threshold)} in the last quarter of the epochs. --epochs ${2 * learning.epochs} may help.`,
        ]
      : []),
  ];
}
