import { type Estimate, fewestForInterval } from "@stiffnet/report";
import { proxies } from "@stiffnet/stiffness";
import { formatNumber } from "@stiffnet/terminal";
import { type ModelSpec, printed } from "@stiffnet/trials";
import type { Comparison, ModelStatistics, Quantity } from "./compare.ts";
import { changeOf, type Outcome, outcomeOf } from "./outcome.ts";
import type { SweepPath } from "./paths.ts";
import {
  comparisonTable,
  intervalText,
  mainTable,
  probability,
  quantityLabels,
  type StudySummary,
} from "./tables.ts";

export function printStudy(summary: StudySummary): string {
  return printed(summary, [mainTable(summary), comparisonTable(summary)], verdicts(summary));
}

export function verdicts(summary: StudySummary): string[] {
  const { models, statistics } = summary;
  if (models.every(({ trials }) => trials === 0)) {
    return ["Every trial diverged: there is nothing to compare and no model. A smaller --rate may help."];
  }
  return [
    started(summary),
    ...named(summary),
    ...predictions(statistics.comparisons),
    ...followUp(summary),
    ...prices(statistics.comparisons),
    ...alongAll(summary),
  ];
}

function started({ config, models }: StudySummary): string {
  const finished = models.reduce((sum, { trials }) => sum + trials, 0);
  const diverged = models.reduce((sum, model) => sum + model.diverged, 0);
  const counts = `${finished} of ${config.trials * models.length} networks were trained to the end${diverged > 0 ? `, ${diverged} diverged and are in no figure` : ""}`;
  const few =
    config.trials === 1
      ? " One initialisation tells nothing of the uncertainty: no interval is given and no test can show a difference."
      : config.trials < fewestForInterval
        ? ` ${config.trials} initialisations are too few for an interval: none is given.`
        : "";
  return `${config.trials} ${config.trials === 1 ? "initialisation" : "initialisations"} of ${models.length} ${models.length === 1 ? "model" : "models"}: ${counts}.${few}`;
}

/** What the names of the models stand for. */
function named({ config: { models } }: StudySummary): string[] {
  if (models.length > mostSentences) return [];
  const parts = models.map(({ name, penalty }) => `${name} has ${penaltyWords(penalty)}`);
  return [`${parts.join(", ")}.`];
}

function penaltyWords(penalty: ModelSpec["penalty"]): string {
  if (penalty === undefined) return "no penalty";
  const row = Object.values(proxies).find(({ penalised }) => penalty.kind in penalised);
  return `a penalty on the ${row?.label ?? "L2 norm"}`;
}

/** With more the table is clearer. */
const mostSentences = 6;

function predictions(comparisons: readonly Comparison[]): string[] {
  const own = comparisons.filter(({ quantity }) => quantity === "riskTest");
  if (own.length <= mostSentences) {
    const few = own.filter((comparison) => outcomeOf(comparison, own.length) === "few");
    const rest = own.filter((comparison) => !few.includes(comparison));
    return [...rest.map((comparison) => prediction(comparison, own.length)), ...tooFew(few)];
  }
  const count = (kind: Outcome): string =>
    String(own.filter((c) => outcomeOf(c, own.length) === kind).length);
  return [
    `Of ${own.length} comparisons of the test risk, ${count("lower")} show it lower, ${count("higher")} higher, ${count("none")} no difference; ${count("few")} have too few pairs to show any (see the table).`,
  ];
}

function prediction(comparison: Comparison, tests: number): string {
  const { model, against, ratio } = comparison;
  const risk = `test risk ${changeOf(ratio)}`;
  switch (outcomeOf(comparison, tests)) {
    case "lower":
      return `${model} predicts better than ${against}: ${risk}, ${testText(comparison)}.`;
    case "higher":
      return `${model} predicts worse than ${against}: ${risk}, ${testText(comparison)}.`;
    default:
      return `No difference in prediction is shown between ${model} and ${against}: ${risk}, ${testText(comparison)}.`;
  }
}

function tooFew(comparisons: readonly Comparison[]): string[] {
  if (comparisons.length === 0) return [];
  const pairs = Math.max(...comparisons.map((comparison) => comparison.pairs));
  const each = comparisons.map(
    ({ model, against, ratio }) => `${model} against ${against} ${changeOf(ratio)}`,
  );
  return [
    `${pairs} ${pairs === 1 ? "pair of trials is" : "pairs of trials are"} too few to show a difference in prediction. Test risk: ${each.join("; ")}.`,
  ];
}

function testText({ adjusted, pairs }: Comparison): string {
  return `p = ${probability(adjusted)} by signed ranks of ${pairs} pairs`;
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
      ? "these trials cannot tell"
      : outcome === "none"
        ? "none is shown here either"
        : stiffIsBetter
          ? "here there is one"
          : "here the stiffness penalty is worse";
  return [
    `The authors' follow-up abstract (2023) reports no benefit of the stiffness penalty over L2 in prediction: ${here}.`,
  ];
}

/** Stiffness of every pair of models, and the time a step takes. */
function prices(comparisons: readonly Comparison[]): string[] {
  const of = (wanted: Quantity): Comparison[] => comparisons.filter(({ quantity }) => quantity === wanted);
  const own = of("stiffness");
  if (own.length > mostSentences) return [];
  return own.map((comparison) => {
    const { model, against, ratio } = comparison;
    const time = of("millisecondsPerStep").find(
      (other) => other.model === model && other.against === against,
    );
    const price =
      time?.ratio.median == null ? "" : `; a step takes ${timesText(time.ratio)} the processor time`;
    const outcome = outcomeOf(comparison, own.length);
    const verdict =
      outcome === "none"
        ? `no difference is shown, ${testText(comparison)}`
        : outcome === "few"
          ? "too few pairs for a test"
          : testText(comparison);
    return `Stiffness of ${model} against ${against}: ${changeOf(ratio)}, ${verdict}${price}.`;
  });
}

function timesText({ median, interval }: Estimate): string {
  const around = interval === null ? "" : ` (95 % interval ${intervalText(interval)})`;
  return `${formatNumber(median)} times${around}`;
}

function alongAll({ statistics: { paths, models } }: StudySummary): string[] {
  const all = paths.flatMap((path) => along(path, models));
  return all.length > mostSentences
    ? [
        `What becomes of risk and stiffness along ${paths.map(({ label }) => label).join(" and ")} is in the tables.`,
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
      `${name}, ${label} from ${first.value} to ${last.value}: ${quantityLabels.stiffness} goes from ${formatNumber(first.stiffness)} to ${formatNumber(last.stiffness)}, the median test risk from ${formatNumber(first.risk)} to ${formatNumber(last.risk)}; it is lowest at ${best.value}, ${formatNumber(best.risk)}${around}.`,
    ];
  });
}
