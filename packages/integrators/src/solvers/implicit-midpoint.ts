import { diagonallyImplicitSolver } from "../families/diagonally-implicit.ts";
import type { DiagonallyImplicitSolver } from "./solver.ts";

/** k = f(t + h / 2, y + h k / 2), y_new = y + h k: order 2, A-stable, symplectic (quadratic invariants are
 *  kept); adaptive by doubled steps. R(-inf) = -1: very stiff components ring. The continuous extension is
 *  the chord. */
export const implicitMidpoint: DiagonallyImplicitSolver = diagonallyImplicitSolver("implicitMidpoint", "A", {
  a: [[1 / 2]],
  b: [1],
  c: [1 / 2],
  order: 2,
  dense: { weights: [[1]], order: 1 },
});
