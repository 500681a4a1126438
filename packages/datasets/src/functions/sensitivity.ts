import sin from "@stdlib/math-base-special-sin";
import { number } from "@stiffnet/base";
import { DatasetError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { box, pointwise, requireDimension } from "./pointwise.ts";
import type { TestFunction } from "./types.ts";

/** Ishigami: sin x1 + a sin^2 x2 + b x3^4 sin x1 on [-pi, pi]^3, a = 7, b = 0.1 by default. */
export function ishigami(options: { a?: number; b?: number } = {}): TestFunction {
  checkOptions<{ a?: number; b?: number }>("ishigami", options, { a: number(), b: number() });
  const { a = 7, b = 0.1 } = options;
  return pointwise(
    {
      name: "ishigami",
      inputs: box(3, -Math.PI, Math.PI),
      formula: `sin x1 + ${a} sin^2 x2 + ${b} x3^4 sin x1`,
      source:
        "Ishigami and Homma (1990), An importance quantification technique in uncertainty analysis, ISUMA 90",
    },
    ([x1, x2, x3]) => {
      const s2 = sin(x2!);
      return sin(x1!) * (1 + b * x3! * x3! * x3! * x3!) + a * s2 * s2;
    },
  );
}

/** Sobol's G: prod (|4 x_i - 2| + a_i) / (1 + a_i) on [0, 1]^d; the larger a_i, the less x_i matters. */
export function sobolG(a: readonly number[] = [0, 1, 4.5, 9, 99, 99, 99, 99]): TestFunction {
  const bad = a.findIndex((t) => !(t >= 0 && Number.isFinite(t)));
  if (a.length === 0 || bad >= 0) {
    throw new DatasetError(`sobolG: a is [${a}], expected one or more numbers of at least 0`, {
      code: "bad_parameter",
    });
  }
  return pointwise(
    {
      name: "sobol-g",
      inputs: box(a.length, 0, 1),
      formula: `prod_i (|4 x_i - 2| + a_i) / (1 + a_i), a = [${a}]`,
      source:
        "Saltelli and Sobol (1995), About the use of rank transformation in sensitivity analysis, RESS 50, 225-239",
    },
    (x) => x.reduce((product, t, i) => (product * (Math.abs(4 * t - 2) + a[i]!)) / (1 + a[i]!), 1),
  );
}

/** Friedman's first: 10 sin(pi x1 x2) + 20 (x3 - 0.5)^2 + 10 x4 + 5 x5 on [0, 1]^d, d >= 5; further inputs do
 *  nothing. */
export function friedman(dimension = 5): TestFunction {
  requireDimension("friedman", dimension, 5);
  return pointwise(
    {
      name: "friedman",
      inputs: box(dimension, 0, 1),
      formula: "10 sin(pi x1 x2) + 20 (x3 - 0.5)^2 + 10 x4 + 5 x5",
      source: "Friedman (1991), Multivariate adaptive regression splines, Annals of Statistics 19, 1-67",
    },
    ([x1, x2, x3, x4, x5]) =>
      10 * sin(Math.PI * x1! * x2!) + 20 * (x3! - 0.5) * (x3! - 0.5) + 10 * x4! + 5 * x5!,
  );
}

/** Welch et al.: 5 x12 / (1 + x1) + 5 (x4 - x20)^2 + x5 + 40 x19^3 - 5 x19 + 0.05 x2 + 0.08 x3 - 0.03 x6 +
 *  0.03 x7
 *  - 0.09 x9 - 0.01 x10 - 0.07 x11 + 0.25 x13^2 - 0.04 x14 + 0.06 x15 - 0.01 x17 - 0.03 x18 on [-0.5,
 *  0.5]^20; x8 and x16 do nothing. */
export function welch(): TestFunction {
  return pointwise(
    {
      name: "welch",
      inputs: box(20, -0.5, 0.5),
      formula:
        "5 x12 / (1 + x1) + 5 (x4 - x20)^2 + x5 + 40 x19^3 - 5 x19 + 0.05 x2 + 0.08 x3 - 0.03 x6 + 0.03 x7 - 0.09 x9 " +
        "- 0.01 x10 - 0.07 x11 + 0.25 x13^2 - 0.04 x14 + 0.06 x15 - 0.01 x17 - 0.03 x18",
      source:
        "Welch, Buck, Sacks, Wynn, Mitchell and Morris (1992), Screening, predicting, and computer experiments, Technometrics 34, 15-25",
    },
    (row) => {
      const x = (i: number): number => row[i - 1]!;
      const difference = x(4) - x(20);
      return (
        (5 * x(12)) / (1 + x(1)) +
        5 * difference * difference +
        x(5) +
        40 * x(19) * x(19) * x(19) -
        5 * x(19) +
        0.05 * x(2) +
        0.08 * x(3) -
        0.03 * x(6) +
        0.03 * x(7) -
        0.09 * x(9) -
        0.01 * x(10) -
        0.07 * x(11) +
        0.25 * x(13) * x(13) -
        0.04 * x(14) +
        0.06 * x(15) -
        0.01 * x(17) -
        0.03 * x(18)
      );
    },
  );
}
