// Columns of what a service answers. No DOM.

import type { Values } from "../service/types.ts";

/** One output of many rows. */
export function column(values: ArrayLike<number>, output: number, outputs: number): number[] {
  return Array.from({ length: values.length / outputs }, (_, k) => values[k * outputs + output]!);
}

/** Mean and spread of one output, and the ends of its band, which are those of the interval, or mean plus and
 *  minus spread. */
export function columnsOf(
  { mean: means, spread: spreads, low, high }: Values,
  output: number,
  outputs: number,
): { mean: number[]; spread?: number[]; low?: number[]; high?: number[] } {
  const mean = column(means, output, outputs);
  if (!spreads) return { mean };
  const spread = column(spreads, output, outputs);
  const end = (given: ArrayLike<number> | undefined, sign: number): number[] =>
    given ? column(given, output, outputs) : mean.map((value, k) => value + sign * spread[k]!);
  return { mean, spread, low: end(low, -1), high: end(high, 1) };
}
