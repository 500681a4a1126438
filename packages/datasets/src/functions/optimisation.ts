import cos from "@stdlib/math-base-special-cos";
import exp from "@stdlib/math-base-special-exp";
import { box, pointwise, requireDimension } from "./pointwise.ts";
import type { TestFunction } from "./types.ts";

/** Ackley: -20 exp(-0.2 sqrt(mean x_i^2)) - exp(mean cos(2 pi x_i)) + 20 + e on [-32.768, 32.768]^d. */
export function ackley(dimension: number): TestFunction {
  requireDimension("ackley", dimension);
  return pointwise(
    {
      name: "ackley",
      inputs: box(dimension, -32.768, 32.768),
      formula: "-20 exp(-0.2 sqrt(mean_i x_i^2)) - exp(mean_i cos(2 pi x_i)) + 20 + e",
      source: "Ackley (1987), A connectionist machine for genetic hillclimbing; a = 20, b = 0.2, c = 2 pi",
    },
    (x) => {
      let squares = 0;
      let cosines = 0;
      for (const t of x) {
        squares += t * t;
        cosines += cos(2 * Math.PI * t);
      }
      return -20 * exp(-0.2 * Math.sqrt(squares / dimension)) - exp(cosines / dimension) + 20 + Math.E;
    },
  );
}

/** Rosenbrock: sum_{i<d} 100 (x_{i+1} - x_i^2)^2 + (1 - x_i)^2 on [-5, 10]^d. */
export function rosenbrock(dimension: number): TestFunction {
  requireDimension("rosenbrock", dimension, 2);
  return pointwise(
    {
      name: "rosenbrock",
      inputs: box(dimension, -5, 10),
      formula: "sum_{i<d} 100 (x_{i+1} - x_i^2)^2 + (1 - x_i)^2",
      source: "Rosenbrock (1960), Computer Journal 3, 175-184; the sum over d as in Dixon and Szego (1978)",
    },
    (x) => {
      let sum = 0;
      for (let i = 0; i + 1 < dimension; i++) {
        const valley = x[i + 1]! - x[i]! * x[i]!;
        sum += 100 * valley * valley + (1 - x[i]!) * (1 - x[i]!);
      }
      return sum;
    },
  );
}
