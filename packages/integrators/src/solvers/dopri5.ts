import { explicitSolver } from "../families/explicit.ts";
import { hermiteWeights } from "../tableau/butcher.ts";
import type { ExplicitSolver } from "./solver.ts";

const b = [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84, 0];

/** The quartic extension is the cubic Hermite one plus these weights times x^2 (1 - x)^2 (Shampine 1986). */
const bubble = [
  -12715105075 / 11282082432,
  0,
  87487479700 / 32700410799,
  -10690763975 / 1880347072,
  701980252875 / 199316789632,
  -1453857185 / 822651844,
  69997945 / 29380423,
];

/** The 5(4) pair of Dormand and Prince (1980), with Shampine's quartic extension: `ode45`, SciPy's RK45. */
export const dopri5: ExplicitSolver = explicitSolver("dopri5", {
  a: [
    [],
    [1 / 5],
    [3 / 40, 9 / 40],
    [44 / 45, -56 / 15, 32 / 9],
    [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
    [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
    b,
  ],
  b,
  c: [0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1, 1],
  order: 5,
  embedded: {
    b: [5179 / 57600, 0, 7571 / 16695, 393 / 640, -92097 / 339200, 187 / 2100, 1 / 40],
    order: 4,
  },
  dense: {
    weights: hermiteWeights(b).map(([x1, x2, x3], i) => {
      const d = bubble[i]!;
      return [x1!, x2! + d, x3! - 2 * d, d];
    }),
    order: 4,
  },
});
