import type { TestProblem } from "./problem.ts";

/** A pendulum of length 1 under gravity 9.81, from rest at the horizontal. The unknowns are position (x, y),
 *  velocity (u, v) and l, half the rod's force over its length, with x'' = -2 l x and y'' = -2 l y - 9.81.
 *  The constraint is the length x^2 + y^2 = 1 (index 3), its derivative (index 2) or its second derivative
 *  (index 1).
 *  @see Hairer and Wanner, Solving Ordinary Differential Equations II, VII.1 */
export function pendulum(index: 1 | 2 | 3): TestProblem {
  return {
    name: `PENDULUM${index}`,
    f: (_t, state, dy) => {
      const [x, y, u, v, l] = [state[0]!, state[1]!, state[2]!, state[3]!, state[4]!];
      dy[0] = u;
      dy[1] = v;
      dy[2] = -2 * x * l;
      dy[3] = -9.81 - 2 * y * l;
      if (index === 3) dy[4] = x * x + y * y - 1;
      else if (index === 2) dy[4] = x * u + y * v;
      else dy[4] = u * u + v * v - 9.81 * y - 2 * l * (x * x + y * y);
    },
    mass: [1, 1, 1, 1, 0],
    ...(index > 1 && { index: index === 2 ? [1, 1, 1, 1, 2] : [1, 1, 2, 2, 3] }),
    autonomous: true,
    y0: [1, 0, 0, 0, 0],
    tSpan: [0, 2],
    reference: [
      0.7935661953432687, -0.6084839304438607, 2.10243787443653, 2.741935393010541, 8.95384103648167,
    ],
    source: "the angle's equation by SciPy's DOP853, rtol 1e-13 (test/reference/pendulum.py)",
    atolFor: (rtol) => new Array<number>(5).fill(rtol),
  };
}
