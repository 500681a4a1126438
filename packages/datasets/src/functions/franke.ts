import exp from "@stdlib/math-base-special-exp";
import { box, pointwise } from "./pointwise.ts";
import type { TestFunction } from "./types.ts";

/** Franke: two Gaussian peaks and a dip on a slope, on [0, 1]^2:
 *
 *      0.75 exp(-((9 x1 - 2)^2 + (9 x2 - 2)^2) / 4) + 0.75 exp(-(9 x1 + 1)^2 / 49 - (9 x2 + 1) / 10)
 *      + 0.5 exp(-((9 x1 - 7)^2 + (9 x2 - 3)^2) / 4) - 0.2 exp(-(9 x1 - 4)^2 - (9 x2 - 7)^2) */
export function franke(): TestFunction {
  return pointwise(
    {
      name: "franke",
      inputs: box(2, 0, 1),
      formula:
        "0.75 exp(-((9 x1 - 2)^2 + (9 x2 - 2)^2) / 4) + 0.75 exp(-(9 x1 + 1)^2 / 49 - (9 x2 + 1) / 10) " +
        "+ 0.5 exp(-((9 x1 - 7)^2 + (9 x2 - 3)^2) / 4) - 0.2 exp(-(9 x1 - 4)^2 - (9 x2 - 7)^2)",
      source:
        "Franke (1979), A critical comparison of some methods for interpolation of scattered data, Naval Postgraduate School",
    },
    ([x1, x2]) => {
      const a = 9 * x1!;
      const b = 9 * x2!;
      const square = (t: number): number => t * t;
      return (
        0.75 * exp(-(square(a - 2) + square(b - 2)) / 4) +
        0.75 * exp(-square(a + 1) / 49 - (b + 1) / 10) +
        0.5 * exp(-(square(a - 7) + square(b - 3)) / 4) -
        0.2 * exp(-square(a - 4) - square(b - 7))
      );
    },
  );
}
