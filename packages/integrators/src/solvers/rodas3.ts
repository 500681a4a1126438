import { rosenbrockSolver } from "../families/rosenbrock.ts";
import type { RosenbrockSolver } from "./solver.ts";

/** RODAS3: four stages, order 3(2), L-stable and stiffly accurate: cheap at loose tolerances.
 *  @see Sandu et al., Benchmarking stiff ODE solvers for atmospheric chemistry problems II, 1997 */
export const rodas3: RosenbrockSolver = rosenbrockSolver("rodas3", "L", {
  gamma: 1 / 2,
  a: [[], [0], [2, 0], [2, 0, 1]],
  c: [[], [4], [1, -1], [1, -1, -8 / 3]],
  m: [2, 0, 1, 1],
  e: [0, 0, 0, 1],
  alpha: [0, 0, 1, 1],
  d: [1 / 2, 3 / 2, 0, 0],
  order: 3,
  embeddedOrder: 2,
  errorScale: 4,
  exactForRiccati: true,
  dense: [[3, -1, 0, 0]],
  denseOrder: 2,
});
