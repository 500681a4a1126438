import { randomStream } from "@stiffnet/base";
import { median, quantile } from "@stiffnet/report";

/** A figure over trials; null where there is none to tell. */
export interface Estimate {
  readonly count: number;
  readonly median: number | null;
  /** The middle half. */
  readonly quartiles: Interval | null;
  /** Of the median, at 95 %, by the bootstrap; null of fewer than `fewestForInterval` values. */
  readonly interval: Interval | null;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The bootstrap never leaves the range of the values. The range of four covers the median with 88 % at most,
 *  that of five with 94 %. */
export const fewestForInterval = 5;

export function estimateOf(values: readonly number[]): Estimate {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return { count: 0, median: null, quartiles: null, interval: null };
  return {
    count: finite.length,
    median: median(finite),
    quartiles: { low: quantile(finite, 0.25), high: quantile(finite, 0.75) },
    interval: finite.length < fewestForInterval ? null : medianInterval(finite),
  };
}

const level = 0.95;

/** Percentile bootstrap interval of the median at 95 %: quantiles of the medians of `resamples` draws of as
 *  many values with replacement. The draws are a function of `seed`, so equal values have equal intervals.
 *  With few values it is too narrow and never leaves their range.
 *  @see Efron and Tibshirani (1993), An Introduction to the Bootstrap, ch. 13 */
export function medianInterval(
  values: readonly number[],
  { resamples = 4999, seed = 1 }: { resamples?: number; seed?: number } = {},
): Interval {
  const random = randomStream(seed, 0);
  const count = values.length;
  const drawn = new Float64Array(count);
  const medians = Array.from({ length: resamples }, () => {
    for (let i = 0; i < count; i++) drawn[i] = values[random.below(count)]!;
    drawn.sort();
    return (drawn[(count - 1) >> 1]! + drawn[count >> 1]!) / 2;
  });
  return { low: quantile(medians, (1 - level) / 2), high: quantile(medians, (1 + level) / 2) };
}
