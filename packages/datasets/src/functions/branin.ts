import cos from "@stdlib/math-base-special-cos";
import { axis } from "../axis.ts";
import { pointwise } from "./pointwise.ts";
import type { TestFunction } from "./types.ts";

/** Branin: (x2 - 5.1 x1^2 / (4 pi^2) + 5 x1 / pi - 6)^2 + 10 (1 - 1 / (8 pi)) cos x1 + 10 on [-5, 10] x [0,
 *  15]: three wells of one depth. */
export function branin(): TestFunction {
  return pointwise(
    {
      name: "branin",
      inputs: [axis("x1", -5, 10), axis("x2", 0, 15)],
      formula: "(x2 - 5.1 x1^2 / (4 pi^2) + 5 x1 / pi - 6)^2 + 10 (1 - 1 / (8 pi)) cos x1 + 10",
      source: "Dixon and Szego (1978), Towards Global Optimisation 2, North-Holland",
    },
    ([x1, x2]) => {
      const valley = x2! - (5.1 * x1! * x1!) / (4 * Math.PI * Math.PI) + (5 * x1!) / Math.PI - 6;
      return valley * valley + 10 * (1 - 1 / (8 * Math.PI)) * cos(x1!) + 10;
    },
  );
}
