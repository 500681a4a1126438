import { explicitSolver } from "../families/explicit.ts";
import type { ExplicitSolver } from "./solver.ts";

/** The explicit midpoint rule, order 2, with Euler's embedded order 1. */
export const midpoint: ExplicitSolver = explicitSolver("midpoint", {
  a: [[], [1 / 2]],
  b: [0, 1],
  c: [0, 1 / 2],
  order: 2,
  embedded: { b: [1, 0], order: 1 },
  dense: {
    weights: [
      [1, -1],
      [0, 1],
    ],
    order: 2,
  },
});
