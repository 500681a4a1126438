import { formatNumber } from "@stiffnet/terminal";
import type { Comparison, Quantity } from "./compare.ts";
import { changeOf, outcomeOf } from "./outcome.ts";
import { shown } from "./shown.ts";
import { medianText, type StudySummary, the } from "./tables.ts";

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
