import { counted } from "@stiffnet/base";
import { mean, type NamedTable } from "@stiffnet/report";
import { formatNumber, formatPercent } from "@stiffnet/terminal";
import { labelsOf, networkFor, printed, type Summary } from "@stiffnet/trials";
import type { SobolAnalysis } from "@stiffnet/uncertainty";
import type { Kept, ModelKind } from "./candidates.ts";
import type { Learning, TrainRows } from "./learning.ts";
import { type Tuning, tuningSentence } from "./tune/tuning.ts";

/** Errors of one output on the test set, in the output's unit; r2 is null for an output that is constant
 *  there. */
export interface OutputErrors {
  readonly name: string;
  readonly model: { readonly rmse: number; readonly r2: number | null };
  /** Of the mean of the networks, where any was trained to its end. */
  readonly network?: { readonly rmse: number; readonly r2: number | null };
  readonly gaussian: { readonly rmse: number; readonly r2: number | null };
  readonly linear: { readonly rmse: number; readonly r2: number | null };
  /** Share of the test rows within their intervals, and the median half-width in the output's unit. Absent
   *  if there were too few validation rows. */
  readonly coverage?: number;
  readonly halfWidth?: number;
}

export interface TrainSummary extends Summary {
  /** Which model was exported, and why. */
  readonly kept: Kept;
  /** Means over outputs on the test set, of the exported model, the mean of the networks, and of a Gaussian
   *  process and a least-squares fit to the same training rows. */
  readonly r2: Readonly<Record<"model" | "network" | "gaussian" | "linear", number | null>>;
  /** Training rows that the Gaussian process is made of: not all of a large table. */
  readonly gaussianRows: number;
  readonly outputs: readonly OutputErrors[];
  readonly rows: TrainRows;
  readonly learning: Learning;
  /** Level of the intervals and the rows that calibrated them. `outside` counts the test rows outside the box
   *  of the training rows. It is absent without test rows, or with too few rows for the level. */
  readonly intervals?: { readonly level: number; readonly rows: number; readonly outside?: number };
  /** How the configuration was chosen, where it was. */
  readonly tuning?: Tuning;
  /** Sobol indices of the model over the box of the training rows. */
  readonly sensitivity?: SobolAnalysis;
}

export function printTrain(summary: TrainSummary): string {
  return [
    printed(summary, [outputTable(summary), modelTable(summary)], sentences(summary)),
    ...(summary.files.predictions ? [`rows     ${summary.files.predictions}`] : []),
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
  kept,
}: TrainSummary): NamedTable {
  const outputs = all.length > inOrder ? [...all].sort((a, b) => (a.model.r2 ?? 1) - (b.model.r2 ?? 1)) : all;
  const percent = intervals?.outside === undefined ? undefined : formatPercent(intervals.level);
  const trained = all.some(({ network }) => network !== undefined);
  return {
    name: "outputs",
    caption:
      `Errors of the exported model (${modelName(kept.kind)}) on the ${rows.test > 0 ? "test" : "validation"} rows. R² is 1 - squared error / variance. RMSE (root mean square error) has the unit of the output. The last columns have the RMSE of ${trained ? "the average of the networks, " : ""}a Gaussian process (GP; Matern 5/2, one length scale for each input${gaussianRows < rows.train ? `, trained on ${gaussianRows} of the rows` : ""}) and a linear fit to the same rows.` +
      `${percent ? ` Coverage is the share of the test rows that the ${percent} intervals hold, and ± is the median half-width of the intervals.` : ""}${all.length > inOrder ? " The worst outputs come first." : ""}`,
    header: [
      "output",
      "R²",
      ...(percent ? ["coverage", `± ${percent}`] : []),
      "RMSE",
      ...(trained ? ["networks"] : []),
      "GP",
      "linear",
    ],
    rows: [
      ...outputs.map(({ name, model, network, gaussian, linear, coverage, halfWidth }) => [
        name,
        formatNumber(model.r2),
        ...(percent ? [formatPercent(coverage), formatNumber(halfWidth ?? null)] : []),
        ...[model, ...(network ? [network] : []), gaussian, linear].map(({ rmse }) => formatNumber(rmse)),
      ]),
      ...(outputs.length > 1
        ? [
            [
              "mean",
              formatNumber(means.model),
              ...(percent
                ? [formatPercent(mean(outputs.map(({ coverage = Number.NaN }) => coverage))), ""]
                : []),
              "",
              ...(trained ? [""] : []),
              "",
              "",
            ],
          ]
        : []),
    ],
  };
}

export function modelTable({ config, models }: Pick<TrainSummary, "config" | "models">): NamedTable {
  const label = labelsOf(config);
  const penalised = config.models.some(({ penalty }) => penalty !== undefined);
  return {
    name: "models",
    caption:
      "The single networks: medians over the trials. Errors are RMSE of the standardised outputs, on the training and test rows. The spectral radius is the mean over the Jacobians of all layers (1/time).",
    header: [
      "single networks",
      "trials",
      "training error",
      "test error",
      "spectral radius",
      ...(penalised ? ["penalty"] : []),
      "seconds",
    ],
    rows: models.map(({ name, trials, riskTrain, riskTest, stiffness, penalty, seconds }) => [
      label(name),
      String(trials),
      ...[riskTrain, riskTest, stiffness, ...(penalised ? [penalty] : []), seconds].map(({ median }) =>
        formatNumber(median),
      ),
    ]),
  };
}

const modelName = (kind: Kept["kind"]): string =>
  kind === "network" ? "the networks" : "the Gaussian process";

export function verdict(summary: TrainSummary): string {
  const { r2, models, config, kept } = summary;
  const trained = models[0]!.trials;
  if (trained === 0 && kept.kind === "network") {
    return "Every training diverged, so there is no model. A smaller --rate may help.";
  }
  const { model, linear } = r2;
  const [other, otherName] =
    kept.kind === "network"
      ? [r2.gaussian, "a Gaussian process trained on the same rows"]
      : [r2.network, "the average of the networks"];
  if (model === null || linear === null) {
    return "Every output is constant on the test rows, so R² says nothing.";
  }
  const networks = trained > 1 ? `the average of ${trained} networks` : "the network";
  const what = kept.kind === "network" ? networks : "the Gaussian process";
  const chosen =
    kept.kind === "network" && config.keep === "best" ? " The epochs were chosen on validation rows." : "";
  const rest = [
    ...(other === null ? [] : [`${otherName} ${explained(other)}`]),
    `a linear fit ${explained(linear)}`,
  ].join(", ");
  const said =
    model >= 0
      ? `${what} explains ${formatNumber(100 * model)} % of the variance of the outputs (mean R²${inErrors(model)}), ${rest}.${chosen}`
      : `${what} predicts worse than the mean of the outputs would (mean R² ${formatNumber(model)}), ${rest}. It has learnt nothing that holds for new rows.`;
  const rows =
    summary.rows.test > 0 ? "On the test rows" : "On validation rows, since there are no test rows";
  return `${why(kept)}${rows}, ${said}`;
}

/** If R² is near 1, it hides how large the errors are. */
const inErrors = (r2: number): string =>
  r2 > 0.99 ? `; errors of ${formatPercent(Math.sqrt(1 - r2))} of the standard deviation` : "";

function why({ kind, by, ratio }: Kept): string {
  if (kind === "network") return "";
  if (by === "option" || ratio === null) return "The Gaussian process is exported, as --model asks. ";
  return `The Gaussian process is exported, because the errors of the networks on validation rows are ${formatNumber(ratio, 2)} times as large. `;
}

function explained(r2: number): string {
  return r2 < 0 ? `predicts worse than the mean (${formatNumber(r2)})` : `${formatNumber(100 * r2)} %`;
}

/** Errors over those of the other model beyond which there is something to be done. */
const behind = 1.1;

function behindOther({ outputs, tuning, kept, rows }: TrainSummary): string[] {
  const ofNetwork = kept.kind === "network";
  const ratios = outputs
    .map(
      ({ model, gaussian, network }) => model.rmse / ((ofNetwork ? gaussian : network)?.rmse ?? Number.NaN),
    )
    .filter(Number.isFinite);
  const ratio = Math.exp(mean(ratios.map((value) => Math.log(value))));
  if (!(ratio > behind)) return [];
  const better: ModelKind = ofNetwork ? "gaussian-process" : "network";
  const predicts = ofNetwork ? "The Gaussian process predicts" : "The networks predict";
  const tune = ofNetwork && !tuning ? " --tune may find better networks." : "";
  return [
    `${predicts} ${rows.test > 0 ? "the test rows" : "these rows"} better: the errors of ${modelName(kept.kind)} are ${formatNumber(ratio)} times as large (geometric mean over outputs). --model ${better} exports ${modelName(better)}.${tune}`,
  ];
}

/** Below the level by more than this, intervals are called too narrow. */
const tolerated = 0.05;

function intervalSentences({ intervals, outputs, rows: { test: tested } }: TrainSummary): string[] {
  if (!intervals) return [];
  const { level, rows, outside } = intervals;
  const percent = formatPercent(level);
  if (outside === undefined && tested === 0 && rows + 1e-9 >= level / (1 - level)) {
    return [
      `The ${percent} intervals were made from ${rows} rows. Their coverage is not known, since there are no test rows.`,
    ];
  }
  if (outside === undefined) {
    return [
      `There are no ${percent} intervals: they need ${Math.ceil(level / (1 - level) - 1e-9)} validation rows, and there ${rows === 1 ? "was" : "were"} ${rows}.`,
    ];
  }
  const held = mean(outputs.map(({ coverage = Number.NaN }) => coverage));
  const share =
    held < level - tolerated
      ? `Warning: the intervals are too narrow. The ${percent} intervals hold only ${formatPercent(held)} of the test rows.`
      : `The ${percent} intervals hold ${formatPercent(held)} of the test rows.`;
  const wider =
    outside > 0
      ? ` ${outside} of the test rows ${outside === 1 ? "lies" : "lie"} outside the ranges of the training rows, where intervals are wider.`
      : "";
  return [`${share}${wider}`];
}

/** How stiff the networks are, and for what. */
function stiffnessSentence({ config, models: [model] }: TrainSummary): string[] {
  const radius = model?.stiffness.median;
  if (radius === undefined || radius === null || !Number.isFinite(radius)) return [];
  const { horizon, depth } = networkFor(config, config.models[0]!);
  const step = (horizon / depth) * radius;
  return [
    `Stiffness: the Jacobians of the layers have a mean spectral radius of ${formatNumber(radius)} per unit of time, and a layer is a step of ${formatNumber(horizon / depth)}. The product is ${formatNumber(step, 2)}. Explicit steps become unstable above 2.`,
  ];
}

/** The verdict, and what else there is to say before the tables. */
export function sentences(summary: TrainSummary): string[] {
  const { rows, learning, tuning } = summary;
  const dropped = rows.dropped > 0 ? `, ${rows.dropped} with empty cells left out` : "";
  const filled = rows.filled > 0 ? `, ${counted(rows.filled, "empty cell")} filled with the mean` : "";
  const kept = rows.validation > 0 ? ` (each network keeps ${rows.validation} of them for validation)` : "";
  return [
    verdict(summary),
    ...behindOther(summary),
    ...(summary.config.refit
      ? [
          `The exported model was then trained again on all ${rows.train + rows.test} rows. The errors here are those of the model before.`,
        ]
      : []),
    ...(tuning ? [tuningSentence(tuning)] : []),
    `Rows: ${rows.train} for training${kept}, ${rows.test} for testing${dropped}${filled}.`,
    ...intervalSentences(summary),
    ...(rows.constant.length > 0
      ? [`The model ignores inputs that are constant in the training rows: ${rows.constant.join(", ")}.`]
      : []),
    ...(learning.unfinished > 0
      ? [
          `${learning.unfinished} of ${counted(learning.trials, "network")} ${learning.unfinished === 1 ? "was still learning at the end: its" : "were still learning at the end: their"} validation error fell by more than ${formatPercent(learning.threshold)} in the last quarter of the epochs. --epochs ${2 * learning.epochs} may help.`,
        ]
      : []),
    ...(summary.kept.kind === "network" ? stiffnessSentence(summary) : []),
  ];
}
