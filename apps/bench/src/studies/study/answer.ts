import { formatNumber } from "@stiffnet/terminal";
import type { Comparison, Quantity } from "./compare.ts";
import { changeOf, outcomeOf } from "./outcome.ts";
import { medianText, type StudySummary } from "./tables.ts";

/** The first sentence of the report. It compares the first model with the model whose stiffness differs most:
 *  stiffness, test error and time. Without a finished trial there is no sentence. */
export function answer({ config, models, statistics }: StudySummary): string[] {
  const first = models.find(({ trials }) => trials > 0);
  if (first === undefined) return [];
  const of = (quantity: Quantity): Comparison[] =>
    statistics.comparisons.filter((one) => one.quantity === quantity && one.against === first.name);
  const distance = ({ ratio: { median } }: Comparison): number => Math.abs(Math.log(median ?? 1));
  const [stiffness] = of("stiffness").sort((a, b) => distance(b) - distance(a));
  if (stiffness === undefined) {
    const own = statistics.models.find(({ name }) => name === first.name)!.figures;
    return [
      `${first.name} has a test risk of ${medianText(own.riskTest)} and a stiffness of ${medianText(own.stiffness)} (1/time), ${first.trials === 1 ? "in one trial" : `in the median of ${first.trials} trials`}.`,
    ];
  }
  const { model, against, pairs } = stiffness;
  const same = (one: Comparison): boolean => one.model === model;
  const risk = of("riskTest").find(same)!;
  const time = of("millisecondsPerStep").find(same)?.ratio.median;
  const price = time == null ? "" : `, for ${formatNumber(time, 2)} times the processor time a step`;
  const whose = config.trials === 1 ? "Of one initialisation" : `Over ${pairs} initialisations`;
  return [
    `${whose}, the stiffness of ${model} ends ${besides(plainChange(stiffness), against)}, with ${riskText(risk, of("riskTest").length)}${price}.`,
  ];
}

function besides(change: string, against: string): string {
  return change.startsWith("the same") ? `as that of ${against} does` : `${change} than that of ${against}`;
}

function riskText(risk: Comparison, tests: number): string {
  const change = plainChange(risk);
  switch (outcomeOf(risk, tests)) {
    case "lower":
    case "higher":
      return `a test risk ${change}`;
    case "few":
      return `a test risk ${change} in too few trials to tell`;
    default:
      return `no difference shown in test risk (${change})`;
  }
}

/** "12 times smaller", "1.2 % lower", without the interval, which stands below. */
function plainChange({ ratio }: Comparison): string {
  return changeOf({ ...ratio, interval: null });
}
