import { samplingStream } from "@stiffnet/base";
import { sobol } from "@stiffnet/datasets";
import type { TableColumn } from "@stiffnet/preparation";
import { BenchError } from "@stiffnet/terminal";
import { type LinearConstraint, pointsWithin } from "@stiffnet/uncertainty";
import { type InputRange, inputRows } from "../sensitivity/ranges.ts";
import type { NamedConstraint } from "./constraint.ts";

/** The part of the input space that runs are chosen from. */
export interface Region {
  readonly columns: readonly TableColumn[];
  /** One range for each column. A held column has equal ends. */
  readonly ranges: readonly InputRange[];
  readonly constraints: readonly NamedConstraint[];
}

/** Draws rows of inputs from the region, row-major [count, inputs]. They are points of a Sobol sequence, or
 *  uniform random points if constraints cut the box. The values of a text column are equally likely. */
export function pointsIn(region: Region, count: number, seed: number): Float64Array {
  const { ranges, constraints } = region;
  const random = samplingStream(seed, "points");
  const free = ranges.flatMap(({ low, high }, i) => (high > low ? [i] : []));
  const numbers = free.filter((i) => !ranges[i]!.values);
  const points = sobol().points(count, Math.max(1, free.length), random);
  if (constraints.length > 0) {
    const within = pointsWithin(count, numbers.length, {
      constraints: constraints.map((one) => inUnits(one, ranges, numbers)),
      random,
    });
    if (!within) throw contradiction(constraints);
    for (let row = 0; row < count; row++) {
      numbers.forEach((i, k) => {
        points[row * free.length + free.indexOf(i)] = within[row * numbers.length + k]!;
      });
    }
  }
  return inputRows(ranges, count, (row, i) => {
    const { low, high } = ranges[i]!;
    const k = free.indexOf(i);
    return k < 0 ? low : low + points[row * free.length + k]! * (high - low);
  });
}

/** Rewrites a constraint for the free columns, scaled to their ranges. Held columns move to the right. */
function inUnits(
  { weights, bound }: NamedConstraint,
  ranges: readonly InputRange[],
  free: readonly number[],
): LinearConstraint {
  const weightOf = (i: number): number => weights.get(ranges[i]!.name) ?? 0;
  return {
    weights: free.map((i) => weightOf(i) * (ranges[i]!.high - ranges[i]!.low)),
    bound: ranges.reduce((left, { low }, i) => left - weightOf(i) * low, bound),
  };
}

export function contradiction(constraints: readonly NamedConstraint[]): BenchError {
  const all = constraints.map(({ text }) => `'${text}'`).join(", ");
  return new BenchError(
    `--constraint: no region within the ranges meets ${constraints.length > 1 ? "all of " : ""}${all}, expected weaker constraints`,
  );
}

/** Whether a row of inputs meets a constraint. */
export function meets(
  { weights, bound }: NamedConstraint,
  columns: readonly TableColumn[],
  row: Float64Array,
): boolean {
  return columns.reduce((sum, { name, first }) => sum + (weights.get(name) ?? 0) * row[first]!, 0) <= bound;
}
