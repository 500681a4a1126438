import { counted } from "@stiffnet/base";
import { type Estimate, fewestForInterval } from "@stiffnet/report";
import { formatNumber } from "@stiffnet/terminal";
import { labelOf, printed } from "@stiffnet/trials";
import type { Comparison, Quantity } from "./compare.ts";
import { shown } from "./shown.ts";
import { mainTable, medianText, probability, type StudySummary, the } from "./tables.ts";

/** The tables, then the sentences, with the answer as the last. */
export function printStudy(summary: StudySummary): string {
  const sentences = [...verdicts(summary), ...answer(summary)];
  return printed(summary, [mainTable(shown(summary))], sentences);
}

export function verdicts(summary: StudySummary): string[] {
  const { models, statistics } = shown(summary);
  if (models.every(({ trials }) => trials === 0)) {
    return ["Every training diverged, so there is no model. A smaller --rate may help."];
  }
  return [started(summary), ...named(summary), ...pairs(statistics)];
}

function started({ config, models }: StudySummary): string {
  const finished = models.reduce((sum, { trials }) => sum + trials, 0);
  const diverged = models.reduce((sum, model) => sum + model.diverged, 0);
  const counts = `${finished} of ${counted(config.trials * models.length, "network")} ${finished === 1 ? "was" : "were"} trained to the end${diverged > 0 ? `, ${diverged} diverged and ${diverged === 1 ? "is" : "are"} left out of all averages` : ""}`;
  const few =
    config.trials === 1
      ? " One trial does not show the uncertainty, so there is neither an interval nor a test."
      : config.trials < fewestForInterval
        ? ` ${config.trials} initialisations are too few for an interval.`
        : "";
  return `${counted(config.trials, "initialisation")} of ${counted(models.length, "model")}: ${counts}.${few}`;
}

/** The names of the models in files. */
function named({ config: { models } }: StudySummary): string[] {
  const renamed = models.filter((model) => labelOf(model) !== model.name);
  if (renamed.length === 0 || models.length > mostSentences) return [];
  const parts = renamed.map((model) => `${model.name} (${labelOf(model)})`);
  return [`In files, the models have their names from Hudson et al. (2022): ${parts.join(", ")}.`];
}

/** With more the table is clearer. */
const mostSentences = 6;

/** Every pair of models in a sentence, or how many comparisons show what. */
function pairs({ comparisons }: StudySummary["statistics"]): string[] {
  const of = (wanted: Quantity): Comparison[] => comparisons.filter(({ quantity }) => quantity === wanted);
  const own = of("riskTest");
  if (own.length === 0) return [];
  const outcomes = own.map((comparison) => outcomeOf(comparison, own.length));
  if (own.length > mostSentences) {
    const count = (kind: Outcome): number => outcomes.filter((outcome) => outcome === kind).length;
    return [
      `${own.length} comparisons of the test error: lower in ${count("lower")}, higher in ${count("higher")}, no difference in ${count("none")}, and too few pairs for a test in ${count("few")} (see the table).`,
    ];
  }
  const most = Math.max(...own.map((comparison) => comparison.pairs));
  const tested = outcomes.every((outcome) => outcome === "few")
    ? `${most} ${most === 1 ? "pair of trials is" : "pairs of trials are"} too few for a test, so the differences may be chance.`
    : `p is the p-value of a signed-rank test over ${most} pairs of trials with the same initial weights.`;
  return [
    tested,
    ...own.map(({ model, against }) => {
      const found = (quantity: Quantity): string[] => {
        const all = of(quantity);
        const one = all.find((other) => other.model === model && other.against === against);
        return one === undefined ? [] : [`${pairLabels[quantity]} ${changeText(one, all.length)}`];
      };
      const parts = [...found("riskTest"), ...found("stiffness"), ...found("millisecondsPerStep")];
      return `Compared with ${the(against)}, ${the(model)} gives: ${parts.join("; ")}.`;
    }),
  ];
}

const pairLabels: Partial<Record<Quantity, string>> = {
  riskTest: "test error",
  stiffness: "spectral radius",
  millisecondsPerStep: "processor time of a step",
};

/** The change with its interval and test. Too few pairs for a test get neither. */
function changeText(comparison: Comparison, tests: number): string {
  const { quantity, ratio, adjusted } = comparison;
  const outcome = outcomeOf(comparison, tests);
  if (outcome === "few") return changeOf({ ...ratio, interval: null });
  if (quantity === "millisecondsPerStep") return changeOf(ratio);
  const p = `p = ${probability(adjusted)}`;
  return `${changeOf(ratio)}, ${p}${outcome === "none" ? ", so no difference is shown" : ""}`;
}

/** The study in one sentence. It compares stiffness, test error and time of the first model with those of the
 *  model whose stiffness differs most. Empty without a finished trial. */
export function answer(summary: StudySummary): string[] {
  const { models, statistics } = shown(summary);
  const first = models.find(({ trials }) => trials > 0);
  if (first === undefined) return [];
  const of = (quantity: Quantity): Comparison[] =>
    statistics.comparisons.filter((one) => one.quantity === quantity && one.against === first.name);
  const distance = ({ ratio: { median } }: Comparison): number => Math.abs(Math.log(median ?? 1));
  const [stiffness] = of("stiffness").sort((a, b) => distance(b) - distance(a));
  if (stiffness === undefined) {
    const own = statistics.models.find(({ name }) => name === first.name)!.figures;
    return [
      `In short, ${the(first.name)}: test error ${medianText(own.riskTest)}, spectral radius ${medianText(own.stiffness)} (1/time), ${first.trials === 1 ? "in one trial" : `in the median of ${first.trials} trials`}.`,
    ];
  }
  const { model, against } = stiffness;
  const same = (one: Comparison): boolean => one.model === model;
  const error = of("riskTest").find(same)!;
  const time = of("millisecondsPerStep").find(same)?.ratio.median;
  const price = time == null ? "" : `, processor time of a step ${formatNumber(time)} times as long`;
  return [
    `In short, ${the(model)} against ${the(against)}: spectral radius ${plainChange(stiffness)}, test error ${errorText(error, of("riskTest").length)}${price}.`,
  ];
}

function errorText(error: Comparison, tests: number): string {
  const change = plainChange(error);
  switch (outcomeOf(error, tests)) {
    case "lower":
    case "higher":
      return change;
    case "few":
      return `${change} (too few pairs for a test)`;
    default:
      return `${change} (no difference is shown)`;
  }
}

/** "12 times smaller", "1.2 % lower", without the interval, which stands below. */
function plainChange({ ratio }: Comparison): string {
  return changeOf({ ...ratio, interval: null });
}

/** Differences are believed below this p. */
const level = 0.05;

type Outcome = "lower" | "higher" | "none" | "few";

/** The result of a comparison, one of so many tests. */
function outcomeOf({ pairs, adjusted, difference }: Comparison, tests: number): Outcome {
  if (adjusted < level && difference.median !== 0) return difference.median! < 0 ? "lower" : "higher";
  // All signs equal has the smallest p there is.
  return tests * 2 ** (1 - pairs) >= level ? "few" : "none";
}

/** Smaller changes are not worth their digits. */
const smallest = 1e-4;

/** A ratio in words, such as "1.2 % lower (95 % interval -1.9 % to +0.3 %)" or "12 times smaller (95 %
 *  interval 11 to 14)". */
function changeOf({ median, interval }: Estimate): string {
  if (median === null) return "unknown";
  const around = (low: string, high: string): string => ` (95 % interval ${low} to ${high})`;
  if (median > 0.5 && median < 2) {
    const percent = (ratio: number): string =>
      `${ratio > 1 ? "+" : ""}${formatNumber(100 * (ratio - 1), 2)} %`;
    const size = Math.abs(median - 1);
    const change =
      size < smallest
        ? `the same within ${100 * smallest} %`
        : `${formatNumber(100 * size, 2)} % ${median < 1 ? "lower" : "higher"}`;
    return change + (interval === null ? "" : around(percent(interval.low), percent(interval.high)));
  }
  const [factor, low, high] =
    median >= 2
      ? [median, interval?.low, interval?.high]
      : [1 / median, 1 / (interval?.high ?? 1), 1 / (interval?.low ?? 1)];
  const text = `${formatNumber(factor)} times ${median >= 2 ? "larger" : "smaller"}`;
  return text + (interval === null ? "" : around(formatNumber(low!), formatNumber(high!)));
}
