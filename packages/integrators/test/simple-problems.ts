import type { OdeProblem } from "../src/index.ts";

// Problems that tests vary in one respect.

/** y' = -y, y(0) = 1. */
export const decay: OdeProblem = {
  f: (_t, y, dy) => {
    dy[0] = -y[0]!;
  },
  y0: [1],
  tSpan: [0, 1],
};

/** The unit circle, from (1, 0): y(t) = (cos t, sin t). */
export const circle: OdeProblem = {
  f: (_t, y, dy) => {
    dy[0] = -y[1]!;
    dy[1] = y[0]!;
  },
  y0: [1, 0],
  tSpan: [0, 20],
};
