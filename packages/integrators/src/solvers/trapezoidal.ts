import { diagonallyImplicitSolver } from "../families/diagonally-implicit.ts";
import type { DiagonallyImplicitSolver } from "./solver.ts";

/** The trapezoidal rule (Crank and Nicolson): y_new = y + h / 2 (f(t, y) + f(t + h, y_new)), order 2,
 *  A-stable; adaptive by doubled steps. R(-inf) = -1: very stiff components ring. */
export const trapezoidal: DiagonallyImplicitSolver = diagonallyImplicitSolver("trapezoidal", "A", {
  a: [[], [1 / 2, 1 / 2]],
  b: [1 / 2, 1 / 2],
  c: [0, 1],
  order: 2,
  dense: {
    weights: [
      [1, -1 / 2],
      [0, 1 / 2],
    ],
    order: 2,
  },
});
