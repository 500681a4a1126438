// Columns of what a service answers. No DOM.

import type { Values } from "../service/types.ts";

/** One output of many rows. */
export function column(values: ArrayLike<number>, output: number, outputs: number): number[] {
  return Array.from({ length: values.length / outputs }, (_, k) => values[k * outputs + output]!);
}

/** Mean and spread of one output. */
export function columnsOf(
  { mean, spread }: Values,
  output: number,
  outputs: number,
): { mean: number[]; spread?: number[] } {
  return {
    mean: column(mean, output, outputs),
    ...(spread && { spread: column(spread, output, outputs) }),
  };
}
