import { fewestForInterval } from "@stiffnet/report";
import { labelOf, printed } from "@stiffnet/trials";
import { answer } from "./answer.ts";
import type { Comparison, Quantity } from "./compare.ts";
import { changeOf, type Outcome, outcomeOf } from "./outcome.ts";
import { shown } from "./shown.ts";
import { mainTable, probability, type StudySummary, the } from "./tables.ts";

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
  const counts = `${finished} of ${config.trials * models.length} networks were trained to the end${diverged > 0 ? `, ${diverged} diverged and are left out of all averages` : ""}`;
  const few =
    config.trials === 1
      ? " One trial does not show the uncertainty, so there is neither an interval nor a test."
      : config.trials < fewestForInterval
        ? ` ${config.trials} initialisations are too few for an interval.`
        : "";
  return `${config.trials} ${config.trials === 1 ? "initialisation" : "initialisations"} of ${models.length} ${models.length === 1 ? "model" : "models"}: ${counts}.${few}`;
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
      `${own.length} comparisons of the test error: ${count("lower")} show it lower, ${count("higher")} higher, ${count("none")} no difference, and ${count("few")} have too few pairs for a test (see the table).`,
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
