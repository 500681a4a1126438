import { explicitSolver } from "../families/explicit.ts";
import type { ExplicitSolver } from "./solver.ts";

/** Heun's method (the explicit trapezoidal rule), order 2, with Euler's embedded order 1. */
export const heun: ExplicitSolver = explicitSolver("heun", {
  a: [[], [1]],
  b: [1 / 2, 1 / 2],
  c: [0, 1],
  order: 2,
  embedded: { b: [1, 0], order: 1 },
  dense: {
    weights: [
      [1, -1 / 2],
      [0, 1 / 2],
    ],
    order: 2,
  },
});
