import { anyNumber, oneOf } from "@stiffnet/base";
import { checkOptions, constantColumn, PreparationError, requireFinite, requireSome } from "./errors.ts";
import type { Preparation } from "./types.ts";

/** Fits a map of each column's range to [lower, upper], default [0, 1]; values outside the training range map
 *  outside.
 *
 *  A constant column is refused by name, unless `constant: "keep"` maps it to the lower end. A value that is
 *  not finite is refused by row. */
export function minMax(
  rows: Float64Array,
  names: readonly string[],
  options: { lower?: number; upper?: number; constant?: "refuse" | "keep" } = {},
): Preparation {
  checkOptions("minMax", options, { lower: anyNumber, upper: anyNumber, constant: oneOf("refuse", "keep") });
  const { lower = 0, upper = 1, constant = "refuse" } = options;
  if (!(lower < upper) || !Number.isFinite(upper - lower)) {
    throw new PreparationError(
      `minMax: ends ${lower} and ${upper}, expected two finite numbers, the lower first`,
      {
        code: "bad_range",
      },
    );
  }
  const count = requireSome("minMax", rows, names.length);
  names.forEach((name, column) => {
    for (let row = 0; row < count; row++) requireFinite(rows[row * names.length + column]!, name, row);
  });
  const mean: number[] = [];
  const scale: number[] = [];
  rangesOf(rows, names.length).forEach(([least, most], column) => {
    const name = names[column]!;
    if (least === most && constant === "refuse") throw constantColumn(name, least, count, "scaled");
    const step = least === most ? 1 : (most - least) / (upper - lower);
    mean.push(least - lower * step);
    scale.push(step);
  });
  return { columns: names.length, steps: [{ kind: "affine", mean, scale }] };
}

/** The smallest and largest value of each column. rows: [count, columns] row-major. */
export function rangesOf(rows: Float64Array, columns: number): [number, number][] {
  requireSome("rangesOf", rows, columns);
  return Array.from({ length: columns }, (_, j) => {
    let [min, max] = [rows[j]!, rows[j]!];
    for (let i = j; i < rows.length; i += columns) {
      min = Math.min(min, rows[i]!);
      max = Math.max(max, rows[i]!);
    }
    return [min, max];
  });
}
