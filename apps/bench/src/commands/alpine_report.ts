import { exportOnnx, rangesOf } from "@stiffnet/onnx";
import { prepare } from "@stiffnet/preparation";
import { formatDuration, formatNumber, textTable } from "../format.ts";
import { surfaceFigure } from "../report/alpine_figures.ts";
import type { ReportTable } from "../report/page.ts";
import { quoted } from "../report/page.ts";
import { proxyFigure, riskFigure } from "../report/study_figures.ts";
import { writeReport } from "../report/write.ts";
import type { StudyData } from "../runner/data.ts";
import type { ModelSummary, Summary } from "../summary.ts";
import { factsOf, metadataOf, troubleOf } from "./describe.ts";
import type { Results } from "./study_command.ts";

/** The numbers of the slide "Stiffness proxy evolution for test case". */
const slide = {
  name: `${quoted}RES`,
  riskTrain: 0.00389,
  riskTest: 0.00613,
  df: 2.64,
  frob: 37.5,
  singular: 25.8,
};

export interface AlpineSummary extends Summary {
  /** One standard deviation of the training outputs in halves of their range: risk * this is the risk of outputs
   *  scaled to [-1, 1]. */
  readonly deviationOfHalfRange: number;
}

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
  const result = { ...summary, files, deviationOfHalfRange: deviationOfHalfRange(data) };
  if (best) {
    const model = folder.file("model.onnx");
    await exportOnnx(best.model, model, {
      ranges: rangesOf(data.train.inputs, data.inputNames.length),
      metadata: metadataOf(summary, [best.record]),
      description: "Residual network trained on Alpine02 in two dimensions.",
    });
    files.model = model;
  }
  const trained = trials.filter(({ record }) => record.status === "finished");
  writeReport(folder, {
    title: "Alpine02: a residual network and its stiffness",
    lead: [...summary.models.map((model) => sentence(model, result)), ...troubleOf(run)],
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

export function printAlpine(summary: AlpineSummary): string {
  const [main, proxies] = [mainTable(summary), proxyTable(summary)];
  return [
    textTable(main.header, main.rows),
    "",
    textTable(proxies.header, proxies.rows),
    "",
    ...summary.models.map((model) => sentence(model, summary)),
    `digest ${summary.digest}`,
    `report ${summary.files.report}`,
    ...(summary.files.model ? [`model  ${summary.files.model}`] : []),
  ].join("\n");
}

/** The slide's columns: df as the mean spectral radius, frob and singular as means of squares. */
function mainTable({ models, config }: Summary): ReportTable {
  const number = (value: number | null | undefined): string => formatNumber(value ?? Number.NaN);
  return {
    caption: `Medians over trials, ${config.training.epochs} epochs. ER and GE: root mean square error on the training and test points (standardised outputs). Spectral radius, Frobenius norm squared and largest singular value squared of the layers' Jacobians: means over layers and test points. The slide does not say what its columns average; these readings come closest.`,
    header: ["model", "trials", "ER", "GE", "spectral radius", "Frobenius²", "singular²", "penalty", "time"],
    rows: [
      ...models.map(({ name, trials, riskTrain, riskTest, proxies, penalty, seconds }) => [
        name,
        String(trials),
        number(riskTrain.median),
        number(riskTest.median),
        number(proxies.spectralRadius?.mean),
        number(proxies.frobenius?.meanSquare),
        number(proxies.largestSingularValue?.meanSquare),
        number(penalty.median),
        formatDuration(seconds.median ?? Number.NaN),
      ]),
      [
        slide.name,
        "1",
        number(slide.riskTrain),
        number(slide.riskTest),
        number(slide.df),
        number(slide.frob),
        number(slide.singular),
        "",
        "",
      ],
    ],
  };
}

const proxyLabels: readonly (readonly [string, string])[] = [
  ["spectralRadius", "spectral radius"],
  ["frobenius", "Frobenius norm"],
  ["largestSingularValue", "largest singular value"],
];

function proxyTable({ models }: Summary): ReportTable {
  return {
    caption:
      "Every reading of the proxies: the mean over layers and test points, the sum over layers (mean over points), and both of the squares. Medians over trials.",
    header: ["proxy", "mean", "sum over layers", "mean of squares", "sum of squares", "largest"],
    rows: models.flatMap(({ name, proxies }) =>
      proxyLabels.map(([proxy, label]) => {
        const value = proxies[proxy];
        const fields = ["mean", "sum", "meanSquare", "sumSquare", "max"] as const;
        return [
          models.length > 1 ? `${name}: ${label}` : label,
          ...fields.map((field) => formatNumber(value?.[field] ?? Number.NaN)),
        ];
      }),
    ),
  };
}

/** What a model's risks are beside the slide's, in words. */
function sentence(model: ModelSummary, { config, deviationOfHalfRange: scale }: AlpineSummary): string {
  const { name, trials, riskTrain, riskTest, stiffness } = model;
  if (riskTrain.median === null || riskTest.median === null || stiffness.median === null) {
    return `${name}: no trial finished.`;
  }
  const beside = (value: number, reference: number): string => {
    const ratio = value / reference;
    if (ratio > 2) return `${formatNumber(ratio, 2)} times the slide's ${reference}`;
    if (ratio < 0.5) return `${formatNumber(1 / ratio, 2)} times below the slide's ${reference}`;
    return `of the size of the slide's ${reference}`;
  };
  const risks = (factor: number): string =>
    `training risk ${formatNumber(factor * riskTrain.median!)} (${beside(factor * riskTrain.median!, slide.riskTrain)}), ` +
    `test risk ${formatNumber(factor * riskTest.median!)} (${beside(factor * riskTest.median!, slide.riskTest)})`;
  const far = riskTrain.median > 2 * slide.riskTrain || riskTest.median > 2 * slide.riskTest;
  const longer =
    config.training.epochs < 10_000 ? ` after ${config.training.epochs} epochs (the slide: 10,000)` : "";
  const why = far
    ? ` The slide does not say in which unit its risks are: for outputs scaled to [-1, 1] instead of to standard deviation 1 the same networks have ${risks(scale)}.`
    : "";
  return `${name}: ${risks(1)}${longer}, mean spectral radius ${formatNumber(stiffness.median)} (the slide's df: ${slide.df}); medians of ${trials} ${trials === 1 ? "trial" : "trials"}.${why}`;
}

function deviationOfHalfRange(data: StudyData): number {
  const outputs = prepare(data.preparation.outputs, data.train.outputs);
  const [low, high] = outputs.reduce(
    ([a, b], value) => [Math.min(a, value), Math.max(b, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  return 2 / (high - low);
}
