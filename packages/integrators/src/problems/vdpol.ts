import type { TestProblem } from "./problem.ts";

const epsilon = 1e-6;

/** Van der Pol's equation in the scaling of Hairer and Wanner, eps y2' = (1 - y1^2) y2 - y1 with eps = 1e-6.
 *  The relaxation oscillations have jumps. */
export const vdpol: TestProblem = {
  name: "VDPOL",
  f: (_t, y, dy) => {
    dy[0] = y[1]!;
    dy[1] = ((1 - y[0]! * y[0]!) * y[1]! - y[0]!) / epsilon;
  },
  jacobian: (_t, y, jac) => {
    jac[0] = 0;
    jac[1] = (-2 * y[0]! * y[1]! - 1) / epsilon;
    jac[2] = 1;
    jac[3] = (1 - y[0]! * y[0]!) / epsilon;
  },
  autonomous: true,
  y0: [2, 0],
  tSpan: [0, 2],
  reference: [1.706167732170483, -0.8928097010247975],
  source:
    "Hairer and Wanner, Solving Ordinary Differential Equations II (1996), test problems' reference solutions",
  atolFor: (rtol) => [rtol, rtol],
};
