import exp from "@stdlib/math-base-special-exp";
import ln from "@stdlib/math-base-special-ln";
import { factorise } from "../gaussian/cholesky.ts";
import { lowerOf } from "./start.ts";

/** State of a chain's warm-up as plain JSON. The chain learns its step by dual averaging, and the shape of
 *  the density. */
export interface Adaptation {
  step: number;
  /** Dual averaging: where the logarithm of the step is drawn to, updates, sum of errors, mean logarithm. */
  target: number;
  updates: number;
  errors: number;
  mean: number;
  /** Cholesky's factor of the covariance, row-major: the metric is the inverse of the covariance. */
  root: number[];
  /** Of the present window. */
  seen: number;
  means: number[];
  squares: number[];
}

/** Mean acceptance that the step is adapted to. At 0.8 draws diverge at times: models bend, and a logit bends
 *  their corners more. */
export const wantedAcceptance = 0.9;

export function startAdaptation(root: number[]): Adaptation {
  const means = new Array<number>(Math.sqrt(root.length)).fill(0);
  const squares = root.map(() => 0);
  return { step: 1, target: 0, updates: 0, errors: 0, mean: 0, root, seen: 0, means, squares };
}

export function copyOf(adaptation: Adaptation): Adaptation {
  const { root, means, squares } = adaptation;
  return { ...adaptation, root: [...root], means: [...means], squares: [...squares] };
}

/** Begins dual averaging anew from this step. */
export function restartStep(adaptation: Adaptation, step: number): void {
  Object.assign(adaptation, { step, target: ln(10 * step), updates: 0, errors: 0, mean: 0 });
}

/** Nesterov's dual averaging.
 *  @see Hoffman and Gelman (2014), section 3.2: gamma = 0.05, t0 = 10, kappa = 0.75 */
export function adaptStep(adaptation: Adaptation, acceptance: number): void {
  const t = ++adaptation.updates;
  const share = 1 / (t + 10);
  adaptation.errors += share * (wantedAcceptance - acceptance - adaptation.errors);
  const logarithm = adaptation.target - (Math.sqrt(t) / 0.05) * adaptation.errors;
  adaptation.mean += exp(-0.75 * ln(t)) * (logarithm - adaptation.mean);
  adaptation.step = exp(logarithm);
}

/** The step of the draws that are kept. */
export function settleStep(adaptation: Adaptation): void {
  if (adaptation.updates > 0) adaptation.step = exp(adaptation.mean);
}

/** Welford's update of the window's covariance. */
export function seePosition(adaptation: Adaptation, position: ArrayLike<number>): void {
  const { means, squares } = adaptation;
  const n = means.length;
  const count = ++adaptation.seen;
  const before = means.map((mean, i) => position[i]! - mean);
  for (let i = 0; i < n; i++) means[i]! += before[i]! / count;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) squares[i * n + j]! += before[i]! * (position[j]! - means[j]!);
  }
}

/** Positions for each coordinate that a window needs to learn the covariance: a shorter one goes on. */
const enough = 5;

/** The window's covariance, drawn a little to 1e-3 as Stan does, becomes the metric's.
 *  A new window begins. */
export function endWindow(adaptation: Adaptation): void {
  const { seen, means, squares } = adaptation;
  const n = means.length;
  if (seen < enough * n) return;
  const weight = seen / (seen + 5);
  const covariance = Float64Array.from(
    squares,
    (square, k) => (weight * square) / (seen - 1) + (k % (n + 1) === 0 ? 1e-3 * (1 - weight) : 0),
  );
  if (factorise(covariance, n)) adaptation.root = lowerOf(covariance, n);
  Object.assign(adaptation, { seen: 0, means: means.map(() => 0), squares: squares.map(() => 0) });
}

/** The warm-up in three parts: 75 iterations find the bulk, windows that double learn the covariance, and 50
 *  iterations settle the step. `from` is the iteration before the first window. Each window ends after one of
 *  `ends`. */
export function windowsOf(warmup: number): { readonly from: number; readonly ends: readonly number[] } {
  const short = warmup < 150;
  const from = short ? Math.floor(0.15 * warmup) : 75;
  const last = warmup - (short ? Math.floor(0.1 * warmup) : 50);
  const ends: number[] = [];
  // A window that leaves no room for the next, twice as long, is stretched to the last.
  for (let end = from + 25, size = 25; !short && end + 2 * size <= last; end += size) {
    ends.push(end);
    size *= 2;
  }
  return last - from > 10 ? { from, ends: [...ends, last] } : { from: warmup, ends: [] };
}
