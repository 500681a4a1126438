import type { OdeProblem } from "../src/index.ts";

/** A forced predator-prey system: nonlinear, non-autonomous, four parameters. */
export const lotka: OdeProblem = {
  f: (t, y, dy, p) => {
    dy[0] = p[0]! * y[0]! - p[1]! * y[0]! * y[1]! + 0.1 * Math.sin(t) * p[3]!;
    dy[1] = p[2]! * y[0]! * y[1]! - p[3]! * y[1]!;
  },
  jacobian: (_t, y, jac, p) =>
    jac.set([p[0]! - p[1]! * y[1]!, p[2]! * y[1]!, -p[1]! * y[0]!, p[2]! * y[0]! - p[3]!]),
  timeDerivative: (t, _y, out, p) => out.set([0.1 * Math.cos(t) * p[3]!, 0]),
  pullback: (t, y, v, gradY, gradP, p) => {
    const [a, b] = [v[0]!, v[1]!];
    gradY[0] = gradY[0]! + a * (p[0]! - p[1]! * y[1]!) + b * p[2]! * y[1]!;
    gradY[1] = gradY[1]! - a * p[1]! * y[0]! + b * (p[2]! * y[0]! - p[3]!);
    gradP[0] = gradP[0]! + a * y[0]!;
    gradP[1] = gradP[1]! - a * y[0]! * y[1]!;
    gradP[2] = gradP[2]! + b * y[0]! * y[1]!;
    gradP[3] = gradP[3]! + a * 0.1 * Math.sin(t) - b * y[1]!;
  },
  y0: [1, 0.5],
  parameters: [1.1, 0.4, 0.3, 0.8],
  tSpan: [0, 4],
};
