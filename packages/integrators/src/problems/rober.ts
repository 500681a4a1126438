import type { TestProblem } from "./problem.ts";

/** Robertson's autocatalytic reaction, the usual first stiff problem: three species over eleven decades of
 *  time. */
export const rober: TestProblem = {
  name: "ROBER",
  f: (_t, y, dy) => {
    const r1 = 0.04 * y[0]!;
    const r2 = 1e4 * y[1]! * y[2]!;
    const r3 = 3e7 * y[1]! * y[1]!;
    dy[0] = r2 - r1;
    dy[1] = r1 - r2 - r3;
    dy[2] = r3;
  },
  jacobian: (_t, y, jac) => {
    const a = 1e4 * y[2]!;
    const b = 1e4 * y[1]!;
    const c = 6e7 * y[1]!;
    jac[0] = -0.04;
    jac[1] = 0.04;
    jac[2] = 0;
    jac[3] = a;
    jac[4] = -a - c;
    jac[5] = c;
    jac[6] = b;
    jac[7] = -b;
    jac[8] = 0;
  },
  autonomous: true,
  y0: [1, 0, 0],
  tSpan: [0, 1e11],
  reference: [0.2083340149701255e-7, 0.8333360770334713e-13, 0.999999979166505],
  source: "Test Set for IVP Solvers (Mazzia and Magherini 2008), RADAU in quadruple precision",
  atolFor: (rtol) => [rtol * 1e-8, rtol * 1e-14, rtol * 1e-4],
};
