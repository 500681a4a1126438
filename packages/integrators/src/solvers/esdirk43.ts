import { diagonallyImplicitSolver } from "../families/diagonally-implicit.ts";
import { hermiteWeights } from "../tableau/butcher.ts";
import type { DiagonallyImplicitSolver } from "./solver.ts";

const b = [82889 / 524892, 0, 15625 / 83664, 69875 / 102672, -2260 / 8211, 1 / 4];

/** The implicit part of ARK4(3)6L[2]SA of Kennedy and Carpenter (2003). It has six stages, the first
 *  one explicit, order 4 and an embedded order 3. It is L-stable and stiffly accurate. The
 *  interpolation is cubic (Hermite). */
export const esdirk43: DiagonallyImplicitSolver = diagonallyImplicitSolver("esdirk43", "L", {
  a: [
    [],
    [1 / 4, 1 / 4],
    [8611 / 62500, -1743 / 31250, 1 / 4],
    [5012029 / 34652500, -654441 / 2922500, 174375 / 388108, 1 / 4],
    [15267082809 / 155376265600, -71443401 / 120774400, 730878875 / 902184768, 2285395 / 8070912, 1 / 4],
    b,
  ],
  b,
  c: [0, 1 / 2, 83 / 250, 31 / 50, 17 / 20, 1],
  order: 4,
  embedded: {
    b: [
      4586570599 / 29645900160,
      0,
      178811875 / 945068544,
      814220225 / 1159782912,
      -3700637 / 11593932,
      61727 / 225920,
    ],
    order: 3,
    scale: 6,
  },
  dense: { weights: hermiteWeights(b), order: 3 },
});
