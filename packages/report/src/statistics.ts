import erfc from "@stdlib/math-base-special-erfc";
import { quantileOf, randomStream } from "@stiffnet/base";

/** The q-quantile of the values, in any order; NaN of none. */
export function quantile(values: readonly number[], q: number): number {
  return quantileOf(
    [...values].sort((a, b) => a - b),
    q,
  );
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

/** The least and the largest value; [Infinity, -Infinity] of none. */
export function rangeOf(values: Iterable<number>): [low: number, high: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

/** The items of each name, in their order. */
export function groupedBy<T>(items: readonly T[], nameOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = nameOf(item);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return groups;
}

/** Summary of a sample of times or of other measurements. */
export interface Deciles {
  readonly median: number;
  readonly p10: number;
  readonly p90: number;
}

export function decilesOf(values: readonly number[]): Deciles {
  return { median: median(values), p10: quantile(values, 0.1), p90: quantile(values, 0.9) };
}

/** The least-squares slope of log y against log x; NaN of fewer than two points, or where one is not
 *  positive. */
export function logSlope(points: readonly { readonly x: number; readonly y: number }[]): number {
  if (points.length < 2 || points.some(({ x, y }) => !(x > 0 && y > 0))) return Number.NaN;
  const x = points.map((point) => Math.log(point.x));
  const y = points.map((point) => Math.log(point.y));
  const [mx, my] = [mean(x), mean(y)];
  const across = x.reduce((sum, value, i) => sum + (value - mx) * (y[i]! - my), 0);
  return across / x.reduce((sum, value) => sum + (value - mx) ** 2, 0);
}

/** A figure over trials; null where there is none to tell. */
export interface Estimate {
  readonly count: number;
  readonly median: number | null;
  /** The middle half. */
  readonly quartiles: Interval | null;
  /** Bootstrap interval of the median at 95 %; null for fewer than `fewestForInterval` values. */
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
  const medians = Float64Array.from({ length: resamples }, () => {
    for (let i = 0; i < count; i++) drawn[i] = values[random.below(count)]!;
    drawn.sort();
    return (drawn[(count - 1) >> 1]! + drawn[count >> 1]!) / 2;
  }).sort();
  return { low: quantileOf(medians, (1 - level) / 2), high: quantileOf(medians, (1 + level) / 2) };
}

export interface SignedRank {
  /** Differences that are not zero. */
  readonly pairs: number;
  /** The smaller of the two rank sums. */
  readonly statistic: number;
  /** Two-sided; 1 where every difference is zero. */
  readonly p: number;
  readonly method: "exact" | "normal";
}

/** Up to so many pairs every assignment of signs is counted. */
const mostExact = 50;

/** Wilcoxon's signed-rank test of differences between pairs: are they symmetric about 0? Zeros are left out.
 *  Equal sizes share the mean of their ranks. Up to 50 pairs p is exact, with or without ties: the share of
 *  the 2^n assignments of signs with at most this smaller sum. Beyond 50 it is the normal approximation with
 *  the variance
 *
 *      n (n + 1) (2 n + 1) / 24 - sum over groups of t equal sizes of (t^3 - t) / 48,
 *
 *  without a continuity correction.
 *  @see Wilcoxon (1945), Biometrics Bulletin 1, 80-83; Pratt and Gibbons (1981), Concepts of Nonparametric
 *  Theory, ch. 3 */
export function signedRank(differences: readonly number[]): SignedRank {
  const nonZero = differences.filter((difference) => difference !== 0);
  const pairs = nonZero.length;
  const { ranks, ties } = midranks(nonZero.map(Math.abs));
  const positive = ranks.reduce((sum, rank, i) => sum + (nonZero[i]! > 0 ? rank : 0), 0);
  const whole = (pairs * (pairs + 1)) / 2;
  const statistic = Math.min(positive, whole - positive);
  if (pairs <= mostExact) {
    return { pairs, statistic, p: Math.min(1, 2 * shareUpTo(statistic, ranks)), method: "exact" };
  }
  const variance = (whole * (2 * pairs + 1)) / 12 - ties / 48;
  const z = (statistic - whole / 2) / Math.sqrt(variance);
  return { pairs, statistic, p: Math.min(1, erfc(-z / Math.SQRT2)), method: "normal" };
}

/** Ranks from 1, and the sum of t^3 - t over the groups of equal values. */
function midranks(values: readonly number[]): { ranks: number[]; ties: number } {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Array<number>(values.length);
  let ties = 0;
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let k = from; k < to; k++) ranks[order[k]!] = (from + 1 + to) / 2;
    ties += (to - from) ** 3 - (to - from);
    from = to;
  }
  return { ranks, ties };
}

/** Share of the assignments of signs whose sum of positive ranks is at most `sum`. */
function shareUpTo(sum: number, ranks: readonly number[]): number {
  // Doubled: means of ranks are halves.
  const whole = 2 * ranks.reduce((a, b) => a + b, 0);
  let share = new Float64Array(whole + 1);
  share[0] = 1;
  for (const rank of ranks) {
    const next = new Float64Array(whole + 1);
    share.forEach((value, at) => {
      if (value === 0) return;
      next[at]! += value / 2;
      next[at + 2 * rank]! += value / 2;
    });
    share = next;
  }
  return share.subarray(0, 2 * sum + 1).reduce((a, b) => a + b, 0);
}

/** Holm's correction of the p values of several pairs. The k-th smallest of n is multiplied by n - k + 1, but
 *  is at least the corrected value before it.
 *  @see Holm (1979), Scandinavian Journal of Statistics 6, 65-70 */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((_, i) => i).sort((a, b) => ps[a]! - ps[b]!);
  const adjusted = new Array<number>(ps.length);
  let largest = 0;
  order.forEach((at, k) => {
    largest = Math.max(largest, Math.min(1, ps[at]! * (ps.length - k)));
    adjusted[at] = largest;
  });
  return adjusted;
}
