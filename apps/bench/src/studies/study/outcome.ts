import type { Estimate } from "@stiffnet/report";
import { formatNumber } from "@stiffnet/terminal";
import type { Comparison } from "./compare.ts";

/** Differences are believed below this p. */
const level = 0.05;

export type Outcome = "lower" | "higher" | "none" | "few";

/** The result of a comparison, one of so many tests. */
export function outcomeOf({ pairs, adjusted, difference }: Comparison, tests: number): Outcome {
  if (adjusted < level && difference.median !== 0) return difference.median! < 0 ? "lower" : "higher";
  // All signs equal has the smallest p there is.
  return tests * 2 ** (1 - pairs) >= level ? "few" : "none";
}

/** Smaller changes are not worth their digits. */
const smallest = 1e-4;

/** A ratio in words, such as "1.2 % lower (95 % interval -1.9 % to +0.3 %)" or "12 times smaller (95 %
 *  interval 11 to 14)". */
export function changeOf({ median, interval }: Estimate): string {
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
