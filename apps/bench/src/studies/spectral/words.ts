import { type NamedTable, tableOf } from "@stiffnet/report";
import { formatNumber, formatPercent, formatScientific } from "@stiffnet/terminal";
import type { ExperimentConfig } from "@stiffnet/trials";
import type { AccuracyRun, AccuracySpec } from "./accuracy.ts";

export interface SpectralConfig extends AccuracySpec, ExperimentConfig<"spectral"> {
  readonly seed: number;
  readonly data: {
    readonly name: string;
    readonly digest: string;
    readonly inputs?: string;
    readonly outputs?: string;
  };
}

export interface SpectralResult {
  readonly runs: readonly AccuracyRun[];
}

export function spectralTables(runs: readonly AccuracyRun[]): NamedTable[] {
  return [accuracyTable(runs), workTable(runs), trainingTable(runs)];
}

function accuracyTable(runs: readonly AccuracyRun[]): NamedTable {
  const caption = `Relative error of the values used in training against exact spectral radii, over ${Math.max(...runs.map(({ methods }) => methods[0]!.pairs))} (layer, sample) pairs at all points of training; and the cosine between the batch's penalty gradient (weights) and the exact one, over batches, also with only eigenvalues of condition at most 20 counted.`;
  return tableOf({ name: "accuracy", caption }, methodsOf(runs), [
    ["method", ({ method }) => method],
    ["weight", ({ weight }) => formatNumber(weight)],
    ["median", ({ error }) => formatScientific(error.median)],
    ["p90", ({ error }) => formatScientific(error.p90)],
    ["p99", ({ error }) => formatScientific(error.p99)],
    ["worst", ({ error }) => formatScientific(error.worst)],
    ["cosine", ({ cosine }) => fixed(cosine.median)],
    ["its worst", ({ cosine }) => fixed(cosine.worst)],
    ["if ≤ 20", ({ cosineWell }) => fixed(cosineWell.median)],
    ["its worst", ({ cosineWell }) => fixed(cosineWell.worst)],
    ["length", ({ length }) => formatNumber(length)],
  ]);
}

function workTable(runs: readonly AccuracyRun[]): NamedTable {
  const caption =
    "What the methods say of themselves in these epochs: products with a Jacobian or its transpose a pair, relative residuals, shares of pairs whose left vector did not match the right one, and whose gradient was cut or whose condition was above the cap; unexplained: the share of pairs whose error is larger than residual and condition imply. A dash: the method has no such figure.";
  return tableOf({ name: "work", caption }, methodsOf(runs), [
    ["method", ({ method }) => method],
    ["weight", ({ weight }) => formatNumber(weight)],
    ["products", ({ statistics }) => formatNumber(statistics.productsPerPair)],
    ["residual", ({ statistics }) => formatScientific(statistics.residualMean)],
    ["worst", ({ statistics }) => formatScientific(statistics.residualWorst)],
    ["unmatched", ({ statistics }) => formatPercent(statistics.unmatched)],
    ["capped", ({ statistics }) => formatPercent(statistics.capped)],
    ["unexplained", ({ unexplained }) => formatPercent(unexplained)],
  ]);
}

function trainingTable(runs: readonly AccuracyRun[]): NamedTable {
  return {
    name: "training",
    caption:
      "The networks: root mean square errors over standardised outputs at the end; mean exact spectral radius (1/time), median condition of the dominant eigenvalues and the share above 20, at the first and the last point.",
    header: ["weight", "ER", "GE", "radius", "to", "condition", "to", "above 20", "to"],
    rows: runs.map(({ weight, riskTrain, riskTest, points }) => {
      const [first, last] = [points[0], points.at(-1)];
      const both = (of: (point: NonNullable<typeof first>) => string): string[] =>
        first && last ? [of(first), of(last)] : ["–", "–"];
      return [
        formatNumber(weight),
        formatNumber(riskTrain),
        formatNumber(riskTest),
        ...both(({ radius }) => formatNumber(radius)),
        ...both(({ condition }) => formatNumber(condition)),
        ...both(({ illConditioned }) => formatPercent(illConditioned)),
      ];
    }),
  };
}

export function spectralSentences(runs: readonly AccuracyRun[]): string[] {
  return runs.map(({ weight, methods, status }) => {
    const [own] = methods as [(typeof methods)[number]];
    const trained = status === "finished" ? "" : " (diverged)";
    return `Weight ${formatNumber(weight)}${trained}: values by ${own.method} were off by ${formatScientific(own.error.median)} in the median, ${formatScientific(own.error.p99)} at the 99th percentile; its gradients had a cosine of ${fixed(own.cosine.median)} with the exact ones.`;
  });
}

function methodsOf(runs: readonly AccuracyRun[]) {
  return runs.flatMap(({ weight, methods }) => methods.map((method) => ({ weight, ...method })));
}

/** Cosines are near one: their distance from it must show. */
function fixed(value: number): string {
  return Number.isFinite(value) ? value.toFixed(4) : "–";
}
