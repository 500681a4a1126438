import type { OdeProblem } from "../src/index.ts";

/** y' = -y, y(0) = 1: what tests change one thing of. */
export const decay: OdeProblem = {
  f: (_t, y, dy) => {
    dy[0] = -y[0]!;
  },
  y0: [1],
  tSpan: [0, 1],
};
