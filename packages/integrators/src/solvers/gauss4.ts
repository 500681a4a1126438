import { rungeKuttaSolver } from "../families/runge-kutta.ts";
import { CollocationStepper } from "../steppers/collocation.ts";
import type { FullyImplicitSolver } from "./solver.ts";

const root = Math.sqrt(3);
const c = [(3 - root) / 6, (3 + root) / 6];

/** Integrals of the two Lagrange polynomials: the continuous weights of collocation at c. */
const weights = [
  [c[1]! * root, -root / 2],
  [-c[0]! * root, root / 2],
];

/** Gauss's method with two stages, the Runge-Kutta method of Hammer and Hollingsworth: order 4,
 *  A-stable, symmetric and symplectic, for every y' = f(t, y). Fixed steps conserve quadratic
 *  invariants to Newton's tolerance (so pass `rtol: 1e-14` for many steps), and the energy of a
 *  Hamiltonian system does not drift. Adaptive steps are doubled and conserve neither. R(-inf) = 1:
 *  very stiff components are not damped. The collocation parabola is the continuous extension, of order
 *  2.
 *  @see Hairer, Lubich and Wanner, Geometric Numerical Integration, II.1.3 and VI.4 */
export const gauss4: FullyImplicitSolver = rungeKuttaSolver(
  "fullyImplicit",
  CollocationStepper,
  "gauss4",
  "A",
  {
    a: [
      [1 / 4, (3 - 2 * root) / 12],
      [(3 + 2 * root) / 12, 1 / 4],
    ],
    b: [1 / 2, 1 / 2],
    c,
    order: 4,
    dense: { weights, order: 2 },
    split: {
      re: 3,
      im: root,
      t: [
        [0, 2 - root],
        [1, 0],
      ],
      errorWeights: [],
    },
  },
);
