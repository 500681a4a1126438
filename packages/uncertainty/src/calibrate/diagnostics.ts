import ln from "@stdlib/math-base-special-ln";
import { quantileOf } from "@stiffnet/base";
import { normalQuantile } from "./normal.ts";

/** How far chains may be trusted about one number. */
export interface Diagnostics {
  /** Rank-normalised and split: near 1 where the chains agree, 1.01 at most. */
  readonly rHat: number;
  /** Independent draws that the draws are worth, about the middle and about the 5 % tails. */
  readonly bulk: number;
  readonly tail: number;
}

/** Convergence of several chains of one number, each of the same length of at least 8. NaN of what never
 *  varies.
 *  @see Vehtari, Gelman, Simpson, Carpenter and Buerkner (2021), Bayesian Analysis 16 */
export function diagnose(chains: readonly Float64Array[]): Diagnostics {
  const halves = split(chains);
  const sorted = sortedOf(chains);
  const middle = quantileOf(sortedOf(halves), 0.5);
  const folded = halves.map((chain) => chain.map((value) => Math.abs(value - middle)));
  const below = (share: number) => {
    const bound = quantileOf(sorted, share);
    return effectiveSize(halves.map((chain) => chain.map((value) => (value <= bound ? 1 : 0))));
  };
  return {
    rHat: Math.max(splitRHat(rankNormalised(halves)), splitRHat(rankNormalised(folded))),
    bulk: effectiveSize(rankNormalised(halves)),
    tail: Math.min(below(0.05), below(0.95)),
  };
}

const sortedOf = (chains: readonly Float64Array[]): Float64Array =>
  Float64Array.from(chains.flatMap((chain) => [...chain])).sort();

function split(chains: readonly Float64Array[]): Float64Array[] {
  const half = Math.floor(chains[0]!.length / 2);
  return chains.flatMap((chain) => [chain.subarray(0, half), chain.subarray(chain.length - half)]);
}

/** Every value by the normal quantile of its rank among all; equal values share the mean of their ranks. */
function rankNormalised(chains: readonly Float64Array[]): Float64Array[] {
  const all = Float64Array.from(chains.flatMap((chain) => [...chain]));
  const order = Array.from(all, (_, i) => i).sort((a, b) => all[a]! - all[b]!);
  const scores = new Float64Array(all.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && all[order[to]!] === all[order[from]!]) to++;
    const score = normalQuantile(((from + 1 + to) / 2 - 3 / 8) / (all.length + 1 / 4));
    for (; from < to; from++) scores[order[from]!] = score;
  }
  const length = chains[0]!.length;
  return chains.map((_, k) => scores.subarray(k * length, (k + 1) * length));
}

const meanOf = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
};

function varianceOf(values: ArrayLike<number>): number {
  const mean = meanOf(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i]! - mean) * (values[i]! - mean);
  return sum / (values.length - 1);
}

function splitRHat(chains: readonly Float64Array[]): number {
  const n = chains[0]!.length;
  const within = meanOf(chains.map(varianceOf));
  const between = varianceOf(chains.map(meanOf));
  return Math.sqrt((n - 1) / n + between / within);
}

/** Geyer's initial monotone sequence over all chains together. */
function effectiveSize(chains: readonly Float64Array[]): number {
  const n = chains[0]!.length;
  const all = chains.length * n;
  const means = chains.map(meanOf);
  const covariance = (lag: number): number =>
    meanOf(
      chains.map((chain, k) => {
        let sum = 0;
        for (let i = lag; i < n; i++) sum += (chain[i]! - means[k]!) * (chain[i - lag]! - means[k]!);
        return sum / n;
      }),
    );
  const within = (covariance(0) * n) / (n - 1);
  const total = covariance(0) + varianceOf(means);
  if (!(total > 0)) return Number.NaN;
  const correlation = (lag: number): number => 1 - (within - covariance(lag)) / total;
  // Pairs of neighbouring lags, as long as they are positive, and not above the pair before.
  let time = -1;
  let [even, odd, least] = [1, correlation(1), Number.POSITIVE_INFINITY];
  let lag = 0;
  while (even + odd > 0 && lag < n - 5) {
    least = Math.min(least, even + odd);
    time += 2 * least;
    lag += 2;
    [even, odd] = [correlation(lag), correlation(lag + 1)];
  }
  if (even > 0) time += even;
  return all / Math.max(time, ln(10) / ln(all));
}
