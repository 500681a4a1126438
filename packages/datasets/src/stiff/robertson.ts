import { axis } from "../axis.ts";
import { DatasetError } from "../errors.ts";
import type { TestFunction } from "../functions/types.ts";
import { kinetics } from "./kinetics.ts";

/** Robertson's autocatalytic reaction from (1, 0, 0) to a given time, as a function of its three rates:
 *
 *      y1' = -k1 y1 + k3 y2 y3,  y2' = k1 y1 - k3 y2 y3 - k2 y2^2,  y3' = k2 y2^2
 *
 *  The rates are log-uniform within `factor` (default 10) of Robertson's 0.04, 3e7 and 1e4; time: default
 *  40. */
export function robertson(options: { time?: number; factor?: number } = {}): TestFunction {
  const { time = 40, factor = 10 } = options;
  if (!(factor > 1 && Number.isFinite(factor))) {
    throw new DatasetError(`robertson: factor is ${factor}, expected a number above 1`, {
      code: "bad_parameter",
    });
  }
  const rate = (name: string, value: number, meaning: string): ReturnType<typeof axis> =>
    axis(name, value / factor, value * factor, { distribution: { kind: "logUniform" }, meaning });
  return kinetics({
    name: "robertson",
    inputs: [
      rate("k1", 0.04, "rate of A to B"),
      rate("k2", 3e7, "rate of B and B to C and B"),
      rate("k3", 1e4, "rate of B and C to A and C"),
    ],
    species: ["A", "B", "C"].map((name, i) => ({
      name: `y${i + 1}`,
      unit: "",
      meaning: `share of ${name} at the end`,
    })),
    formula: `y1' = -k1 y1 + k3 y2 y3, y2' = k1 y1 - k3 y2 y3 - k2 y2^2, y3' = k2 y2^2, y(0) = (1, 0, 0), at t = ${time}`,
    source:
      "Robertson (1966), The solution of a set of reaction rate equations; Hairer and Wanner, Solving ODEs II, IV.1",
    y0: [1, 0, 0],
    time,
    atol: [1e-12, 1e-16, 1e-12],
    f: (_t, y, dy, p) => {
      const made = p[0]! * y[0]!;
      const back = p[2]! * y[1]! * y[2]!;
      const lost = p[1]! * y[1]! * y[1]!;
      dy[0] = back - made;
      dy[1] = made - back - lost;
      dy[2] = lost;
    },
    jacobian: (_t, y, jac, p) => {
      const byB = p[2]! * y[2]!;
      const byC = p[2]! * y[1]!;
      const lost = 2 * p[1]! * y[1]!;
      jac.set([-p[0]!, p[0]!, 0, byB, -byB - lost, lost, byC, -byC, 0]);
    },
  });
}
