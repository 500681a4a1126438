import sin from "@stdlib/math-base-special-sin";
import { box, pointwise, requireDimension } from "./pointwise.ts";
import type { TestFunction } from "./types.ts";

const source =
  "Jamil and Yang (2013), A literature survey of benchmark functions for global optimisation problems, functions 6 and 7";

/** Alpine 1: f(x) = sum |x_i sin(x_i) + 0.1 x_i| on [-10, 10]^d. */
export function alpine01(dimension: number): TestFunction {
  requireDimension("alpine01", dimension);
  return pointwise(
    { name: "alpine01", inputs: box(dimension, -10, 10), formula: "sum_i |x_i sin(x_i) + 0.1 x_i|", source },
    (x) => x.reduce((sum, t) => sum + Math.abs(t * sin(t) + 0.1 * t), 0),
  );
}

/** Alpine 2: f(x) = prod sqrt(|x_i|) sin(x_i) on [-5, 5]^d. The survey states it on [0, 10]^d, without the
 *  absolute value that negative inputs need. */
export function alpine02(dimension: number): TestFunction {
  requireDimension("alpine02", dimension);
  return pointwise(
    { name: "alpine02", inputs: box(dimension, -5, 5), formula: "prod_i sqrt(|x_i|) sin(x_i)", source },
    (x) => x.reduce((product, t) => product * Math.sqrt(Math.abs(t)) * sin(t), 1),
  );
}
