import type { TestProblem } from "./problem.ts";

const A = 7.89e-10;
const B = 1.1e7;
const C = 1.13e3;
const M = 1e6;

/** E5 of the stiff DETEST collection (Enright, Hull and Lindberg 1975), a pyrolysis. Concentrations are
 *  between 1e-3 and 1e-22, and times reach 1e13. y1 vanishes (1e-291) long before the end. */
export const e5: TestProblem = {
  name: "E5",
  f: (_t, y, dy) => {
    const r1 = A * y[0]!;
    const r2 = B * y[0]! * y[2]!;
    const r3 = M * C * y[1]! * y[2]!;
    const r4 = C * y[3]!;
    dy[0] = -r1 - r2;
    dy[1] = r1 - r3;
    dy[3] = r2 - r4;
    dy[2] = dy[1]! - dy[3]!;
  },
  jacobian: (_t, y, jac) => {
    const a = B * y[2]!;
    const b = B * y[0]!;
    const c = M * C * y[2]!;
    const d = M * C * y[1]!;
    jac[0] = -A - a;
    jac[1] = A;
    jac[2] = A - a;
    jac[3] = a;
    jac[5] = -c;
    jac[6] = -c;
    jac[8] = -b;
    jac[9] = -d;
    jac[10] = -d - b;
    jac[11] = b;
    jac[14] = C;
    jac[15] = -C;
  },
  autonomous: true,
  y0: [1.76e-3, 0, 0, 0],
  tSpan: [0, 1e13],
  reference: [0.1152903278711829e-290, 0.886765551764212e-22, 0.8854814626268838e-22, 0],
  source: "Test Set for IVP Solvers (Mazzia and Magherini 2008), RADAU in quadruple precision",
  atolFor: () => new Array<number>(4).fill(1.7e-24),
};
