import { fewestForInterval } from "@stiffnet/report";
import { proxies } from "@stiffnet/stiffness";
import { formatNumber } from "@stiffnet/terminal";
import { labelOf, type ModelSpec, printed } from "@stiffnet/trials";
import { answer } from "./answer.ts";
import type { Comparison, ModelStatistics, Quantity } from "./compare.ts";
import { changeOf, type Outcome, outcomeOf } from "./outcome.ts";
import type { SweepPath } from "./paths.ts";
import { shown } from "./shown.ts";
import { intervalText, mainTable, probability, type StudySummary, the } from "./tables.ts";

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
  return [
    started(summary),
    ...named(summary),
    ...pairs(statistics),
    ...alongAll(statistics),
    ...followUp(summary),
  ];
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

/** Where the stiffness penalty meets L2: the authors' own later finding beside this one. */
function followUp({ config, statistics: { comparisons } }: StudySummary): string[] {
  const isStiff = ({ penalty }: ModelSpec): boolean =>
    penalty !== undefined && penalty.kind in proxies.spectralRadius.penalised;
  const named = (wanted: (model: ModelSpec) => boolean): Set<string> =>
    new Set(config.models.filter(wanted).map(({ name }) => name));
  const [stiff, l2] = [named(isStiff), named(({ penalty }) => penalty?.kind === "l2")];
  const own = comparisons.filter(({ quantity }) => quantity === "riskTest");
  const found = own.find(
    ({ model, against }) => (stiff.has(model) && l2.has(against)) || (l2.has(model) && stiff.has(against)),
  );
  if (found === undefined) return [];
  const outcome = outcomeOf(found, own.length);
  const stiffIsBetter = outcome === (stiff.has(found.model) ? "lower" : "higher");
  const here =
    outcome === "few"
      ? "these trials are too few to confirm it"
      : outcome === "none"
        ? "this study finds no difference either"
        : stiffIsBetter
          ? "here the stiffness penalty predicts better"
          : "here the stiffness penalty predicts worse";
  return [
    `The authors found no better predictions with the stiffness penalty than with L2 (abstract of 2023): ${here}.`,
  ];
}

function alongAll({ paths, models }: StudySummary["statistics"]): string[] {
  const all = paths.flatMap((path) => along(path, models));
  return all.length > mostSentences
    ? [
        `The tables have test error and spectral radius against ${paths.map(({ label }) => label).join(" and ")}.`,
      ]
    : all;
}

function along({ label, lines }: SweepPath, models: readonly ModelStatistics[]): string[] {
  return lines.flatMap(({ name, points }) => {
    const known = points.flatMap(({ value, model }) => {
      const { figures } = models.find((other) => other.name === model)!;
      const [risk, stiffness] = [figures.riskTest.median, figures.stiffness.median];
      return risk === null || stiffness === null
        ? []
        : [{ value, risk, stiffness, interval: figures.riskTest.interval }];
    });
    const [first, last] = [known[0], known.at(-1)];
    if (first === undefined || last === undefined || first === last) return [];
    const best = known.reduce((a, b) => (b.risk < a.risk ? b : a));
    const around = best.interval === null ? "" : ` (95 % interval ${intervalText(best.interval)})`;
    return [
      `${name}, ${label} from ${first.value} to ${last.value}: the spectral radius goes from ${formatNumber(first.stiffness)} to ${formatNumber(last.stiffness)}. The median test error goes from ${formatNumber(first.risk)} to ${formatNumber(last.risk)}, and is smallest at ${best.value} with ${formatNumber(best.risk)}${around}.`,
    ];
  });
}
