import { explicitSolver } from "../families/explicit.ts";
import { hermiteWeights } from "../tableau/butcher.ts";
import type { ExplicitSolver } from "./solver.ts";

const b = [2 / 9, 1 / 3, 4 / 9, 0];

/** The 3(2) pair of Bogacki and Shampine (1989), for loose tolerances; cubic Hermite interpolation. */
export const bogackiShampine32: ExplicitSolver = explicitSolver("bogackiShampine32", {
  a: [[], [1 / 2], [0, 3 / 4], b],
  b,
  c: [0, 1 / 2, 3 / 4, 1],
  order: 3,
  embedded: { b: [7 / 24, 1 / 4, 1 / 3, 1 / 8], order: 2 },
  dense: { weights: hermiteWeights(b), order: 3 },
});
