import { oneOf } from "@stiffnet/base";
import {
  checkOptions,
  constantColumn,
  given,
  PreparationError,
  requireFinite,
  requireSome,
} from "./errors.ts";
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
  checkOptions("minMax", options, { lower: given, upper: given, constant: oneOf("refuse", "keep") });
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
  const mean: number[] = [];
  const scale: number[] = [];
  names.forEach((name, column) => {
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    for (let row = 0; row < count; row++) {
      const x = requireFinite(rows[row * names.length + column]!, name, row);
      least = Math.min(least, x);
      most = Math.max(most, x);
    }
    if (least === most && constant === "refuse") throw constantColumn(name, least, count, "scaled");
    const step = least === most ? 1 : (most - least) / (upper - lower);
    mean.push(least - lower * step);
    scale.push(step);
  });
  return { columns: names.length, steps: [{ kind: "affine", mean, scale }] };
}
