import { rungeKuttaSolver } from "../families/runge-kutta.ts";
import { CollocationStepper } from "../steppers/collocation.ts";
import type { FullyImplicitSolver } from "./solver.ts";

const root = Math.sqrt(6);
const c = [(4 - root) / 10, (4 + root) / 10, 1];
const b = [(16 - root) / 36, (16 + root) / 36, 1 / 9];

/** Cubic Lagrange polynomials' integrals: the continuous weights of collocation at c. */
const weights = c.map((ci, i) => {
  const [p, q] = c.filter((_, j) => j !== i) as [number, number];
  const scale = 1 / ((ci - p) * (ci - q));
  return [p * q * scale, (-(p + q) * scale) / 2, scale / 3];
});

const tableau = {
  a: [
    [(88 - 7 * root) / 360, (296 - 169 * root) / 1800, (-2 + 3 * root) / 225],
    [(296 + 169 * root) / 1800, (88 + 7 * root) / 360, (-2 - 3 * root) / 225],
    b,
  ],
  b,
  c,
  order: 5,
  dense: { weights, order: 3 },
  split: {
    real: 3.6378342527444945,
    re: 2.6810828736277528,
    im: 3.0504301992474114,
    t: [
      [0.09443876248897531, -0.1412552950209541, -0.03002919410514752],
      [0.2502131229653335, 0.20412935229379978, 0.38294211275726187],
      [1, 1, 0],
    ],
    errorWeights: [-(13 + 7 * root) / 3, (7 * root - 13) / 3, -1 / 3],
  },
};

/** Radau IIA with three stages: order 5, L-stable, stiffly accurate, step control of order 3; the collocation
 *  cubic is the continuous extension. The method of RADAU5 and SciPy's Radau.
 *  @see Hairer and Wanner, Solving Ordinary Differential Equations II, IV.5 and IV.8 */
export const radau: FullyImplicitSolver = rungeKuttaSolver(
  "fullyImplicit",
  CollocationStepper,
  "radau",
  "L",
  tableau,
  3,
);
