/** The q-quantile of the values (linear interpolation between order statistics, as NumPy's default); NaN of
 *  none. */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (at - below) * (high - low);
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

/** What a sample of times, or of anything else that is measured, says of itself. */
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
