import { axis } from "../axis.ts";
import type { TestFunction } from "../functions/types.ts";
import { kinetics } from "./kinetics.ts";

/** The Brusselator from (1.5, 3) to a given time (default 5), as a function of its two feeds:
 *
 *      x' = a + x^2 y - (b + 1) x,  y' = b x - x^2 y,  a in [0.5, 2], b in [0.5, 4]
 *
 *  Beyond b = 1 + a^2 the rest point is unstable and the end lies on a relaxation oscillation. */
export function brusselator(options: { time?: number } = {}): TestFunction {
  const { time = 5 } = options;
  return kinetics({
    name: "brusselator",
    inputs: [
      axis("a", 0.5, 2, { meaning: "feed of x" }),
      axis("b", 0.5, 4, { meaning: "turnover of x to y" }),
    ],
    species: ["x", "y"].map((name) => ({ name, unit: "", meaning: `concentration of ${name} at the end` })),
    formula: `x' = a + x^2 y - (b + 1) x, y' = b x - x^2 y, (x, y)(0) = (1.5, 3), at t = ${time}`,
    source:
      "Prigogine and Lefever (1968), Journal of Chemical Physics 48, 1695-1700; Hairer, Norsett and Wanner, Solving ODEs I, I.16",
    y0: [1.5, 3],
    time,
    atol: [1e-11, 1e-11],
    f: (_t, state, dy, p) => {
      const [x, y] = [state[0]!, state[1]!];
      const made = x * x * y;
      dy[0] = p[0]! + made - (p[1]! + 1) * x;
      dy[1] = p[1]! * x - made;
    },
    jacobian: (_t, state, jac, p) => {
      const [x, y] = [state[0]!, state[1]!];
      jac.set([2 * x * y - p[1]! - 1, p[1]! - 2 * x * y, x * x, -x * x]);
    },
  });
}
