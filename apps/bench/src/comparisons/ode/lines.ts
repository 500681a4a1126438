import type { OdeProblem } from "@stiffnet/integrators";

/** Medical Akzo Nobel: labelled antibodies that enter a tissue, 200 points, f jumps at t = 5.
 *  @see test set for initial value problem solvers (Mazzia and Magherini) */
export const medicalAkzo: OdeProblem = {
  f: (t, y, d) => {
    const h = 1 / 200;
    for (let j = 0; j < 200; j++) {
      const z = (j + 1) * h - 1;
      const u = y[2 * j]!;
      const left = j > 0 ? y[2 * j - 2]! : t <= 5 ? 2 : 0;
      const right = j < 199 ? y[2 * j + 2]! : u;
      const r = 100 * u * y[2 * j + 1]!;
      d[2 * j] =
        (((z * z * z) / 8) * (right - left)) / (2 * h) +
        (((z * z * z * z) / 16) * (left - 2 * u + right)) / (h * h) -
        r;
      d[2 * j + 1] = -r;
    }
  },
  band: { lower: 2, upper: 2 },
  y0: Array.from({ length: 400 }, (_, i) => i % 2),
  tSpan: [0, 20],
};

/** u' = u_xx on 400 inner points of (0, 1), nil at both ends, from a tent. */
export const heat: OdeProblem = {
  f: (_t, y, d) => {
    const k = 401 * 401;
    for (let i = 0; i < 400; i++) {
      d[i] = k * ((i > 0 ? y[i - 1]! : 0) - 2 * y[i]! + (i < 399 ? y[i + 1]! : 0));
    }
  },
  band: { lower: 1, upper: 1 },
  autonomous: true,
  y0: Array.from({ length: 400 }, (_, i) => ((i + 1) / 401 < 0.5 ? (i + 1) / 401 : 1 - (i + 1) / 401)),
  tSpan: [0, 0.1],
};

/** Allen and Cahn's equation u' = 10 u_xx + u - u^3 in units of 200 points, no flow at the ends. */
export const allenCahn: OdeProblem = {
  f: (_t, y, d) => {
    for (let i = 0; i < 200; i++) {
      const left = i > 0 ? y[i - 1]! : y[1]!;
      const right = i < 199 ? y[i + 1]! : y[198]!;
      const u = y[i]!;
      d[i] = 10 * (left - 2 * u + right) + u - u * u * u;
    }
  },
  band: { lower: 1, upper: 1 },
  autonomous: true,
  y0: Array.from(
    { length: 200 },
    (_, i) => 0.5 * Math.cos((3 * Math.PI * i) / 199) + 0.1 * Math.sin(0.3 * i),
  ),
  tSpan: [0, 30],
};
