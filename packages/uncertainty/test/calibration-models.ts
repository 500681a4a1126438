import type { Differentiable } from "@stiffnet/uncertainty";

export const normal = (mean: number, deviation: number) => ({ kind: "normal", mean, deviation }) as const;

/** Intervals of normal errors of these deviations. */
export const calibrationOf = (sizes: readonly number[], logarithmic: readonly boolean[] = []) => ({
  rows: 100,
  levels: [0.9],
  // The normal's quantile at 0.95.
  outputs: sizes.map((floor, o) => ({
    floor,
    factors: [1.6448536269514722],
    logarithmic: logarithmic[o] ?? false,
  })),
});

/** y = A x + b */
export const linear = (a: readonly (readonly number[])[], b: readonly number[]): Differentiable => ({
  at: (x) => Float64Array.from(a, (row, o) => row.reduce((sum, w, i) => sum + w * x[i]!, b[o]!)),
  pull: (c) => Float64Array.from(a[0]!, (_, i) => a.reduce((sum, row, o) => sum + row[i]! * c[o]!, 0)),
});

/** exp(x_1 + k x_2), x_1 x_2^2 */
export function curved(k: number): Differentiable {
  let x = new Float64Array();
  return {
    at(row) {
      x = row.slice();
      return Float64Array.of(Math.exp(x[0]! + k * x[1]!), x[0]! * x[1]! * x[1]!);
    },
    pull(c) {
      const e = c[0]! * Math.exp(x[0]! + k * x[1]!);
      return Float64Array.of(e + c[1]! * x[1]! ** 2, k * e + 2 * c[1]! * x[0]! * x[1]!);
    },
  };
}

/** Mean and deviation of one input's draws. */
export function momentsOf(draws: Float64Array, inputs: number, input: number) {
  const own = draws.filter((_, k) => k % inputs === input);
  const mean = own.reduce((sum, x) => sum + x, 0) / own.length;
  return { mean, deviation: Math.sqrt(own.reduce((sum, x) => sum + (x - mean) ** 2, 0) / own.length) };
}
