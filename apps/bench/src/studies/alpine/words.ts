import { type NamedTable, quoted } from "@stiffnet/report";
import { formatDuration, formatNumber } from "@stiffnet/terminal";
import { type ModelSummary, printed, proxyTable, type Summary } from "@stiffnet/trials";

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
  /** One standard deviation of the training outputs in halves of their range: risk * this is the risk of
   *  outputs scaled to [-1, 1]. */
  readonly deviationOfHalfRange: number;
}

export function printAlpine(summary: AlpineSummary): string {
  return printed(summary, [mainTable(summary), proxyTable(summary)], sentences(summary));
}

/** The slide's columns: df as the mean spectral radius, frob and singular as means of squares. */
export function mainTable({ models, config }: Summary): NamedTable {
  return {
    name: "risks",
    caption: `Medians over trials, ${config.training.epochs} epochs. ER and GE: root mean square error on the training and test points (standardised outputs). Spectral radius, Frobenius norm squared and largest singular value squared of the layers' Jacobians: means over layers and test points. The slide does not say what its columns average; these readings come closest.`,
    header: ["model", "trials", "ER", "GE", "spectral radius", "Frobenius²", "singular²", "penalty", "time"],
    rows: [
      ...models.map(({ name, trials, riskTrain, riskTest, proxies, penalty, seconds }) => [
        name,
        String(trials),
        ...[riskTrain.median, riskTest.median, proxies.spectralRadius?.mean].map((x) => formatNumber(x)),
        ...[proxies.frobenius, proxies.largestSingularValue].map((proxy) => formatNumber(proxy?.meanSquare)),
        formatNumber(penalty.median),
        formatDuration(seconds.median),
      ]),
      [
        slide.name,
        "1",
        ...[slide.riskTrain, slide.riskTest, slide.df, slide.frob, slide.singular].map((x) =>
          formatNumber(x),
        ),
        ...["", ""],
      ],
    ],
  };
}

/** What the numbers say: the plain model beside the slide, the penalised ones beside the plain one. */
export function sentences(summary: AlpineSummary): string[] {
  const [plain, ...penalised] = summary.models;
  return [besideSlide(plain!, summary), ...penalised.map((model) => besidePlain(model, plain!))];
}

function besideSlide(model: ModelSummary, { config, deviationOfHalfRange: scale }: AlpineSummary): string {
  const { name, trials, riskTrain, riskTest, stiffness } = model;
  if (riskTrain.median === null || riskTest.median === null || stiffness.median === null) {
    return `${name}: no trial finished.`;
  }
  const beside = (value: number, reference: number): string => {
    const ratio = value / reference;
    return ratio > 0.8 && ratio < 1.25
      ? `as the slide's ${reference}`
      : `${formatNumber(ratio, 2)} times the slide's ${reference}`;
  };
  const [train, test] = [riskTrain.median, riskTest.median];
  const risks = (factor: number): string =>
    `training risk ${formatNumber(factor * train)} (${beside(factor * train, slide.riskTrain)}), ` +
    `test risk ${formatNumber(factor * test)} (${beside(factor * test, slide.riskTest)})`;
  const far = train > 2 * slide.riskTrain || test > 2 * slide.riskTest;
  const epochs = config.training.epochs;
  const shorter = epochs < 10_000 ? ` after ${epochs} epochs (the slide: 10,000)` : "";
  const why = far
    ? ` The slide does not say in which unit its risks are, which may or may not be the reason: for outputs scaled to [-1, 1] instead of to standard deviation 1 the same networks would have ${risks(scale)}.`
    : "";
  return `${name}: ${risks(1)}${shorter}, mean spectral radius ${formatNumber(stiffness.median)} (the slide's df: ${slide.df}); medians of ${trials} ${trials === 1 ? "trial" : "trials"}.${why}`;
}

function besidePlain(model: ModelSummary, plain: ModelSummary): string {
  const parts = (["riskTrain", "riskTest", "stiffness"] as const).map((field) => {
    const [own, other] = [model[field].median, plain[field].median];
    if (own === null || other === null) return undefined;
    const what = { riskTrain: "training risk", riskTest: "test risk", stiffness: "spectral radius" }[field];
    return `${what} ${formatNumber(own)} (${plain.name}: ${formatNumber(other)})`;
  });
  return `${model.name}: ${parts.some((part) => part === undefined) ? "no trial to compare" : parts.join(", ")}.`;
}
