import { type Estimate, type Interval, type NamedTable, quoted, tableOf } from "@stiffnet/report";
import { formatDuration, formatNumber } from "@stiffnet/terminal";
import { type Summary, standIn, type TrialRecord } from "@stiffnet/trials";
import type { Comparison, ModelStatistics, Quantity } from "./compare.ts";
import type { SweepPath } from "./paths.ts";

export interface StudySummary extends Summary {
  readonly statistics: {
    readonly models: readonly ModelStatistics[];
    readonly comparisons: readonly Comparison[];
    readonly paths: readonly SweepPath[];
  };
}

/** "Summary of results for 25 trials (initializations)" of the slides: medians. */
const slides = [
  { name: "no penalty", penalty: 0, riskTrain: 5.4e-3, riskTest: 3.9e-2, stiffness: 3.52, seconds: 17_903 },
  {
    name: "L2 penalty",
    penalty: 25.76,
    riskTrain: 1.2e-2,
    riskTest: 3.7e-2,
    stiffness: 2.61,
    seconds: 23_547,
  },
  {
    name: "spectral-radius penalty",
    penalty: 0.05,
    riskTrain: 1.2e-2,
    riskTest: 3.8e-2,
    stiffness: 0.05,
    seconds: 1_848_662,
  },
] as const;

export const quantityLabels: Readonly<Record<Quantity, string>> = {
  penalty: "penalty",
  riskTrain: "training error",
  riskTest: "test error",
  stiffness: "spectral radius, 1/time",
  seconds: "wall time, s",
  processorSeconds: "processor time, s",
  millisecondsPerStep: "processor time a step, ms",
};

/** Slide "Stiffness proxy evolution for test case": one network after 10,000 epochs. Its df is read as a
 *  mean spectral radius. */
const testCase = { riskTrain: 3.89e-3, riskTest: 6.13e-3, stiffness: 2.64, frobenius: 37.5, singular: 25.8 };

function isTestCase({ data }: Summary["config"]): boolean {
  return data.kind === "function" && data.name === "alpine02" && data.dimension === 2;
}

const mainColumns = [
  "penalty",
  "training error",
  "test error",
  "spectral radius",
  "wall time",
  "relative time",
];

/** The table of the slides, their figures beside ours. */
export function mainTable({ config, models: counted, statistics: { models } }: StudySummary): NamedTable {
  const theirs = slidesRows(config);
  const first = config.models[0]!.name;
  const apart = theirs.length > 0 ? ` ${slidesNote(config)}` : "";
  return {
    name: "study",
    caption: `Medians over trials. Penalty: p, unweighted, in the last epoch. Errors: root mean square error over samples and standardised outputs, on the training and test rows. Spectral radius: of the layers' Jacobians, mean over layers and test samples, 1/time. Relative time: processor time of a training step, divided by that of '${first}' with the same initialisation.${apart}`,
    header: ["model", "trials", ...mainColumns],
    rows: [
      ...models.map(({ name, figures, timeRatio }, k) => [
        name,
        String(counted[k]!.trials),
        ...(["penalty", "riskTrain", "riskTest", "stiffness"] as const).map((quantity) =>
          medianText(figures[quantity]),
        ),
        formatDuration(figures.seconds.median),
        medianText(timeRatio),
      ]),
      ...theirs,
    ],
  };
}

function slidesRows(config: Summary["config"]): string[][] {
  // The slides have no figures for a reader's own table.
  if (config.data.kind === "table") return [];
  const { riskTrain, riskTest, stiffness } = testCase;
  const [ER, GE, radius] = [riskTrain, riskTest, stiffness].map((value) => formatNumber(value));
  return [
    ...(isTestCase(config) ? [[`${quoted}Alpine 02`, "1", "0", ER!, GE!, radius!, "–", "1"]] : []),
    ...slides
      .filter(({ name }) => config.models.some((model) => model.name === name))
      .map(({ name, penalty, riskTrain, riskTest, stiffness, seconds }) => [
        `${quoted}${name}`,
        "25",
        ...[penalty, riskTrain, riskTest, stiffness].map((value) => formatNumber(value)),
        formatDuration(seconds),
        formatNumber(seconds / slides[0].seconds),
      ]),
  ];
}

const slidesSizes = { width: 50, depth: 16, epochs: 1000, batchSize: 20 };

function slidesNote(config: Summary["config"]): string {
  const own = { ...config.network, ...config.training };
  const other = Object.entries(slidesSizes)
    .filter(([name, value]) => own[name as keyof typeof slidesSizes] !== value)
    .map(([name, value]) => `${name === "batchSize" ? "batch" : name} ${value}`);
  const sizes = other.length > 0 ? `, at other sizes (${other.join(", ")})` : "";
  const stands = standIn(config.data).length > 0 ? " and which DALEC replaces here" : "";
  const alpine = isTestCase(config)
    ? ` The row on Alpine 02 is one network after 10,000 epochs. For it the authors also give the mean squares of the Frobenius norm (${testCase.frobenius}) and of the largest singular value (${testCase.singular}), to compare with the table of proxies. They do not give the unit of its errors.`
    : "";
  return `Rows named '${quoted.slice(0, -2)}' are those of Hudson et al. (2022). They used another data set, the ELM-FATES ensemble, which is not public${stands}${sizes}, and another machine and implementation. Their relative times are wall times.${alpine}`;
}

/** Medians with what is uncertain of them, and the spread of the trials. */
export function spreadTable({ statistics: { models } }: StudySummary): NamedTable {
  const shown = Object.keys(quantityLabels) as Quantity[];
  return {
    name: "spread",
    caption:
      "Over the finished trials: median, its 95 % interval (percentile bootstrap), and the quartiles of the trials.",
    header: ["model: quantity", "trials", "median", "95 % interval", "quartiles"],
    rows: models.flatMap(({ name, figures }) =>
      shown.map((quantity) => {
        const { count, median, interval, quartiles } = figures[quantity];
        return [
          `${name}: ${quantityLabels[quantity]}`,
          String(count),
          formatNumber(median),
          intervalText(interval),
          intervalText(quartiles),
        ];
      }),
    ),
  };
}

export function comparisonTable({ statistics: { comparisons } }: StudySummary): NamedTable {
  const caption =
    "Each trial of the first model is paired with the trial of the second that has the same initial weights. Ratio and difference are medians over the pairs, with 95 % intervals (percentile bootstrap). p is the two-sided p-value of Wilcoxon's signed-rank test. p (Holm) corrects it for the number of comparisons of a quantity.";
  return tableOf({ name: "comparisons", caption }, comparisons, [
    [
      "quantity: models",
      ({ quantity, model, against }) => `${quantityLabels[quantity]}: ${model} / ${against}`,
    ],
    ["pairs", ({ pairs }) => String(pairs)],
    ["ratio", ({ ratio }) => (ratio.median === null ? "–" : ratioText(ratio.median))],
    ["95 % interval", ({ ratio }) => intervalText(ratio.interval, ratioText)],
    ["difference", ({ difference }) => medianText(difference)],
    ["95 % interval", ({ difference }) => intervalText(difference.interval)],
    ["p", ({ p }) => probability(p)],
    ["p (Holm)", ({ adjusted }) => probability(adjusted)],
  ]);
}

export function outputsTable({ statistics: { models } }: StudySummary, columns: number): NamedTable {
  const shown = models.slice(0, columns);
  const names = shown.find(({ outputs }) => outputs.length > 0)?.outputs.map(({ name }) => name) ?? [];
  return {
    name: "outputs",
    caption: `Root mean square error (RMSE) of each output on the test rows, in its own unit, and R². Medians over trials with 95 % intervals.${shown.length < models.length ? ` The first ${columns} of ${models.length} models.` : ""}`,
    header: ["output", ...shown.flatMap(({ name }) => [`${name}: RMSE`, "95 % interval", "R²"])],
    rows: names.map((name, k) => [
      name,
      ...shown.flatMap(({ outputs }) => {
        const output = outputs[k];
        return output === undefined
          ? ["–", "–", "–"]
          : [medianText(output.rmse), intervalText(output.rmse.interval), medianText(output.r2)];
      }),
    ]),
  };
}

export function pathTable(
  { field, label, lines }: SweepPath,
  models: readonly ModelStatistics[],
): NamedTable {
  const shown = ["riskTrain", "riskTest", "stiffness", "millisecondsPerStep"] as const;
  const of = (name: string): ModelStatistics => models.find((model) => model.name === name)!;
  return {
    name: `path-${field.replaceAll(".", "-")}`,
    caption: `Against ${label}: medians over trials with 95 % intervals.`,
    header: ["model", label, ...shown.flatMap((quantity) => [quantityLabels[quantity], "95 % interval"])],
    rows: lines.flatMap(({ points, without }) =>
      [...(without === undefined ? [] : [{ model: without, value: 0 }]), ...points].map(
        ({ model, value }) => [
          model,
          formatNumber(value),
          ...shown.flatMap((quantity) => {
            const figure = of(model).figures[quantity];
            return [medianText(figure), intervalText(figure.interval)];
          }),
        ],
      ),
    ),
  };
}

/** Every trial with all digits, for a file. */
export function trialsTable(records: readonly TrialRecord[]): NamedTable {
  const outputs = records[0]?.outputs.map(({ name }) => name) ?? [];
  const fields = ["riskTrain", "riskTest", "penalty", "stiffness", "seconds", "processorSeconds"] as const;
  return {
    name: "trials",
    caption: "Every trial.",
    header: [
      "id",
      "model",
      "trial",
      "status",
      "epochs",
      ...fields,
      ...outputs.map((name) => `rmse ${name}`),
      "digest",
    ],
    rows: records.map((record) => [
      record.id,
      record.model,
      String(record.trial),
      record.status,
      String(record.epochs),
      ...[...fields.map((field) => record[field]), ...record.outputs.map(({ rmse }) => rmse)].map((value) =>
        Number.isFinite(value) ? String(value) : "",
      ),
      record.digest,
    ]),
  };
}

/** A model's label in a sentence. */
export function the(label: string): string {
  return /^(?!no )\S+ penalty/.test(label) ? `the ${label}` : label;
}

export function medianText({ median }: Estimate): string {
  return formatNumber(median);
}

export function intervalText(
  interval: Interval | null,
  text: (value: number) => string = formatNumber,
): string {
  return interval === null ? "–" : `${text(interval.low)} to ${text(interval.high)}`;
}

/** Ratios near 1 in more digits. */
function ratioText(value: number): string {
  return Math.abs(value - 1) < 0.1 ? value.toFixed(4) : formatNumber(value);
}

export function probability(p: number): string {
  return p < 1e-3 ? p.toExponential(0) : formatNumber(p, 2);
}
