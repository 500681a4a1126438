import type { TestProblem } from "./problem.ts";

/** High irradiance responses of photomorphogenesis (Schaefer 1975): eight species, mildly stiff. */
export const hires: TestProblem = {
  name: "HIRES",
  f: (_t, y, dy) => {
    const meet = 280 * y[5]! * y[7]!;
    dy[0] = -1.71 * y[0]! + 0.43 * y[1]! + 8.32 * y[2]! + 0.0007;
    dy[1] = 1.71 * y[0]! - 8.75 * y[1]!;
    dy[2] = -10.03 * y[2]! + 0.43 * y[3]! + 0.035 * y[4]!;
    dy[3] = 8.32 * y[1]! + 1.71 * y[2]! - 1.12 * y[3]!;
    dy[4] = -1.745 * y[4]! + 0.43 * y[5]! + 0.43 * y[6]!;
    dy[5] = -meet + 0.69 * y[3]! + 1.71 * y[4]! - 0.43 * y[5]! + 0.69 * y[6]!;
    dy[6] = meet - 1.81 * y[6]!;
    dy[7] = -dy[6]!;
  },
  jacobian: (_t, y, jac) => {
    const a = 280 * y[7]!;
    const b = 280 * y[5]!;
    // Column j starts at 8 j.
    jac[0] = -1.71;
    jac[1] = 1.71;
    jac[8] = 0.43;
    jac[9] = -8.75;
    jac[11] = 8.32;
    jac[16] = 8.32;
    jac[18] = -10.03;
    jac[19] = 1.71;
    jac[26] = 0.43;
    jac[27] = -1.12;
    jac[29] = 0.69;
    jac[34] = 0.035;
    jac[36] = -1.745;
    jac[37] = 1.71;
    jac[44] = 0.43;
    jac[45] = -a - 0.43;
    jac[46] = a;
    jac[47] = -a;
    jac[52] = 0.43;
    jac[53] = 0.69;
    jac[54] = -1.81;
    jac[55] = 1.81;
    jac[61] = -b;
    jac[62] = b;
    jac[63] = -b;
  },
  autonomous: true,
  y0: [1, 0, 0, 0, 0, 0, 0, 0.0057],
  tSpan: [0, 321.8122],
  reference: [
    0.7371312573325668e-3, 0.1442485726316185e-3, 0.5888729740967575e-4, 0.1175651343283149e-2,
    0.2386356198831331e-2, 0.6238968252742796e-2, 0.2849998395185769e-2, 0.2850001604814231e-2,
  ],
  source: "Test Set for IVP Solvers (Mazzia and Magherini 2008), RADAU5 in quadruple precision",
  atolFor: (rtol) => new Array<number>(8).fill(rtol * 1e-4),
};
