import { diagonallyImplicitSolver } from "../families/diagonally-implicit.ts";
import type { DiagonallyImplicitSolver } from "./solver.ts";

/** y_new = y + h f(t + h, y_new): order 1, L-stable; adaptive by doubled steps. */
export const backwardEuler: DiagonallyImplicitSolver = diagonallyImplicitSolver("backwardEuler", "L", {
  a: [[1]],
  b: [1],
  c: [1],
  order: 1,
  dense: { weights: [[1]], order: 1 },
});
