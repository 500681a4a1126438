import { explicitSolver } from "../families/explicit.ts";
import type { ExplicitSolver } from "./solver.ts";

/** y_new = y + h f(t, y): order 1. With N equal steps this is a residual network of N layers. */
export const euler: ExplicitSolver = explicitSolver("euler", {
  a: [[0]],
  b: [1],
  c: [0],
  order: 1,
  dense: { weights: [[1]], order: 1 },
});
