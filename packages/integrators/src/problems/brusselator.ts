import { misuse } from "../errors.ts";
import type { OdeProblem } from "../problem.ts";

/** The Brusselator with diffusion in one dimension (Hairer and Wanner II, IV.10): u_t = 1 + u^2 v - 4 u +
 *  u_xx / 50 and v_t = 3 u - u^2 v + v_xx / 50 on 0 < x < 1 with u = 1, v = 3 at both ends, from u = 1 +
 *  sin(2 pi x), v = 3, to t = 10. Central differences on `points` inner points; unknowns u_1, v_1, u_2, v_2,
 *  ..., so that the Jacobian has two diagonals on each side. */
export function brusselator(points: number): OdeProblem {
  if (!Number.isInteger(points) || points < 2) {
    throw misuse("bad_option", `brusselator: points is ${points}, expected an integer of at least 2`);
  }
  const n = 2 * points;
  const diffusion = (points + 1) ** 2 / 50;
  const y0 = Float64Array.from({ length: n }, (_, i) =>
    i % 2 === 1 ? 3 : 1 + Math.sin((2 * Math.PI * (i / 2 + 1)) / (points + 1)),
  );
  return {
    f: (_t, y, dy) => {
      for (let i = 0; i < n; i += 2) {
        const u = y[i]!;
        const v = y[i + 1]!;
        const uLeft = i === 0 ? 1 : y[i - 2]!;
        const vLeft = i === 0 ? 3 : y[i - 1]!;
        const uRight = i === n - 2 ? 1 : y[i + 2]!;
        const vRight = i === n - 2 ? 3 : y[i + 3]!;
        const uuv = u * u * v;
        dy[i] = 1 + uuv - 4 * u + diffusion * (uLeft - 2 * u + uRight);
        dy[i + 1] = 3 * u - uuv + diffusion * (vLeft - 2 * v + vRight);
      }
    },
    // Entry (i, j) at 2 + i - j + 5 j.
    jacobian: (_t, y, jac) => {
      for (let i = 0; i < n; i += 2) {
        const u = y[i]!;
        const v = y[i + 1]!;
        const at = 5 * i;
        jac[at + 2] = 2 * u * v - 4 - 2 * diffusion;
        jac[at + 3] = 3 - 2 * u * v;
        jac[at + 6] = u * u;
        jac[at + 7] = -u * u - 2 * diffusion;
        if (i > 0) {
          jac[at] = diffusion;
          jac[at + 5] = diffusion;
        }
        if (i < n - 2) {
          jac[at + 4] = diffusion;
          jac[at + 9] = diffusion;
        }
      }
    },
    band: { lower: 2, upper: 2 },
    autonomous: true,
    y0,
    tSpan: [0, 10],
  };
}
