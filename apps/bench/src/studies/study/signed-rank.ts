import erfc from "@stdlib/math-base-special-erfc";

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

/** Wilcoxon's signed-rank test of differences between pairs: are they symmetric about 0? Zeros are left out,
 *  equal sizes share the mean of their ranks. Up to 50 pairs p is exact, given the ranks (ties or not): the
 *  share of the 2^n assignments of signs whose smaller sum is no larger. Beyond, the normal approximation
 *  with the variance
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

/** Holm's correction of the p values of one question asked of several pairs: each is multiplied by the number
 *  of those that are not smaller, and none falls below an earlier one.
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
