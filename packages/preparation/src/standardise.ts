import { oneOf } from "@stiffnet/base";
import { checkOptions, constantColumn, requireFinite, requireSome } from "./errors.ts";
import type { Preparation } from "./types.ts";

/** Fits (x - mean) / standard deviation, column by column, with the population deviation sqrt(mean((x -
 *  mean)^2)).
 *
 *  rows: row-major [count, names.length], in physical units of any size (the fit is scaled, so 1e-200 works).
 *  A constant column has no scale. It is refused by name, unless `constant: "keep"` gives it scale 1, since
 *  an input that never varies does no harm. A value that is not finite is refused by row. */
export function standardise(
  rows: Float64Array,
  names: readonly string[],
  options: { constant?: "refuse" | "keep" } = {},
): Preparation {
  checkOptions("standardise", options, { constant: oneOf("refuse", "keep") });
  const columns = names.length;
  const count = requireSome("standardise", rows, columns);
  const mean: number[] = [];
  const scale: number[] = [];
  for (let column = 0; column < columns; column++) {
    const fit = momentsOf(rows, column, columns, names[column]!);
    if (fit.deviation === 0 && options.constant !== "keep") {
      throw constantColumn(names[column]!, fit.mean, count, "standardised");
    }
    mean.push(fit.mean);
    scale.push(fit.deviation || 1);
  }
  return { columns, steps: [{ kind: "affine", mean, scale }] };
}

function momentsOf(rows: Float64Array, column: number, columns: number, name: string) {
  const count = rows.length / columns;
  let largest = 0;
  for (let row = 0; row < count; row++) {
    largest = Math.max(largest, Math.abs(requireFinite(rows[row * columns + column]!, name, row)));
  }
  if (largest === 0) return { mean: 0, deviation: 0 };
  const first = rows[column]! / largest;
  let sum = 0;
  for (let row = 0; row < count; row++) sum += rows[row * columns + column]! / largest - first;
  const mean = first + sum / count;
  let squares = 0;
  for (let row = 0; row < count; row++) {
    const off = rows[row * columns + column]! / largest - mean;
    squares += off * off;
  }
  const deviation = Math.sqrt(squares / count);
  // A spread at the rounding of the values themselves is no spread.
  return {
    mean: mean * largest,
    deviation: deviation > 8 * Number.EPSILON * Math.abs(mean) ? deviation * largest : 0,
  };
}
