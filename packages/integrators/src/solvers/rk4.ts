import { explicitSolver } from "../families/explicit.ts";
import type { ExplicitSolver } from "./solver.ts";

/** The classical Runge-Kutta method of order 4; adaptive by doubled steps. The continuous extension has order
 *  3.
 *  @see Kutta 1901; Hairer, Norsett and Wanner I, II.6 for the continuous weights */
export const rk4: ExplicitSolver = explicitSolver("rk4", {
  a: [[], [1 / 2], [0, 1 / 2], [0, 0, 1]],
  b: [1 / 6, 1 / 3, 1 / 3, 1 / 6],
  c: [0, 1 / 2, 1 / 2, 1],
  order: 4,
  dense: {
    weights: [
      [1, -3 / 2, 2 / 3],
      [0, 1, -2 / 3],
      [0, 1, -2 / 3],
      [0, -1 / 2, 2 / 3],
    ],
    order: 3,
  },
});
