import type { TestProblem } from "./problem.ts";

/** The Oregonator (Field and Noyes 1974): a limit cycle of the Belousov-Zhabotinskii reaction with sharp
 *  peaks. */
export const orego: TestProblem = {
  name: "OREGO",
  f: (_t, y, dy) => {
    const a = y[0]!;
    const b = y[1]!;
    const c = y[2]!;
    dy[0] = 77.27 * (b + a * (1 - 8.375e-6 * a - b));
    dy[1] = (c - (1 + a) * b) / 77.27;
    dy[2] = 0.161 * (a - c);
  },
  jacobian: (_t, y, jac) => {
    const a = y[0]!;
    const b = y[1]!;
    jac[0] = 77.27 * (1 - 2 * 8.375e-6 * a - b);
    jac[1] = -b / 77.27;
    jac[2] = 0.161;
    jac[3] = 77.27 * (1 - a);
    jac[4] = -(1 + a) / 77.27;
    jac[5] = 0;
    jac[6] = 0;
    jac[7] = 1 / 77.27;
    jac[8] = -0.161;
  },
  autonomous: true,
  y0: [1, 2, 3],
  tSpan: [0, 360],
  reference: [0.1000814870318523e1, 0.1228178521549917e4, 0.1320554942846706e3],
  source: "Test Set for IVP Solvers (Mazzia and Magherini 2008), RADAU in quadruple precision",
  atolFor: (rtol) => [rtol * 1e-2, rtol * 1e-2, rtol * 1e-2],
};
