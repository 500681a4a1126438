import erfc from "@stdlib/math-base-special-erfc";
import erfcinv from "@stdlib/math-base-special-erfcinv";
import exp from "@stdlib/math-base-special-exp";
import ln from "@stdlib/math-base-special-ln";
import type { Axis } from "./axis.ts";

/** The value of an axis at u in (0, 1): the inverse of its distribution function, cut to its bounds. The
 *  elementary functions are plain arithmetic, so the value is the same on every machine. */
function quantile(axis: Axis, u: number): number {
  const { lower, upper, distribution } = axis;
  switch (distribution.kind) {
    case "uniform":
      return lower + (upper - lower) * u;
    case "logUniform":
      return within(axis, exp(ln(lower) + (ln(upper) - ln(lower)) * u));
    case "normal":
      return within(axis, truncatedNormal(distribution, lower, upper, u));
    case "logNormal":
      return within(axis, exp(truncatedNormal(distribution, ln(lower), ln(upper), u)));
  }
}

/** Row-major points of the unit cube [count, axes.length] to values of the axes; a new array. */
export function toAxes(points: Float64Array, axes: readonly Axis[]): Float64Array {
  return points.map((u, i) => quantile(axes[i % axes.length]!, u));
}

function truncatedNormal(
  { mean, deviation }: { mean: number; deviation: number },
  lower: number,
  upper: number,
  u: number,
): number {
  // Shares below a bound above the mean are so near to 1 that they lose their digits; those above it do not.
  const side = lower > mean ? -1 : 1;
  const from = normalCdf((side * (lower - mean)) / deviation);
  const to = normalCdf((side * (upper - mean)) / deviation);
  return mean - side * deviation * Math.SQRT2 * erfcinv(2 * (from + (to - from) * u));
}

function normalCdf(x: number): number {
  return erfc(-x / Math.SQRT2) / 2;
}

/** Rounding may step over a bound by an ulp. */
function within({ lower, upper }: Axis, x: number): number {
  return Math.min(Math.max(x, lower), upper);
}
