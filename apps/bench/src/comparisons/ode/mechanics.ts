import type { OdeProblem } from "@stiffnet/integrators";

/** A satellite of earth and moon, in a closed orbit: the end is the start. @see Hairer, Norsett and Wanner,
 *  Solving Ordinary Differential Equations I, II.0 */
export const arenstorf: OdeProblem = {
  f: (_t, y, dy) => {
    const mu = 0.012277471;
    const other = 1 - mu;
    const a = y[0]! + mu;
    const b = y[0]! - other;
    const q = y[1]! * y[1]!;
    const d1 = (a * a + q) * Math.sqrt(a * a + q);
    const d2 = (b * b + q) * Math.sqrt(b * b + q);
    dy[0] = y[2]!;
    dy[1] = y[3]!;
    dy[2] = y[0]! + 2 * y[3]! - (other * a) / d1 - (mu * b) / d2;
    dy[3] = y[1]! - 2 * y[2]! - (other * y[1]!) / d1 - (mu * y[1]!) / d2;
  },
  autonomous: true,
  y0: [0.994, 0, 0, -2.0015851063790824],
  tSpan: [0, 17.065216560157964],
};

/** Seven stars of masses 1 to 7 in a plane. @see the same, II.10 */
export const pleiades: OdeProblem = {
  f: (_t, y, dy) => {
    for (let i = 0; i < 14; i++) {
      dy[i] = y[14 + i]!;
      dy[14 + i] = 0;
    }
    for (let i = 0; i < 7; i++) {
      for (let j = 0; j < i; j++) {
        const dx = y[j]! - y[i]!;
        const dz = y[7 + j]! - y[7 + i]!;
        const square = dx * dx + dz * dz;
        const pull = 1 / (square * Math.sqrt(square));
        dy[14 + i] = dy[14 + i]! + (j + 1) * pull * dx;
        dy[21 + i] = dy[21 + i]! + (j + 1) * pull * dz;
        dy[14 + j] = dy[14 + j]! - (i + 1) * pull * dx;
        dy[21 + j] = dy[21 + j]! - (i + 1) * pull * dz;
      }
    }
  },
  autonomous: true,
  y0: [3, 3, -1, -3, 2, -2, 2, 3, -3, 2, 0, 0, -4, 4, 0, 0, 0, 0, 0, 1.75, -1.5, 0, 0, 0, -1.25, 1, 0, 0],
  tSpan: [0, 3],
};

const LINKS = 40;

/** An elastic beam of 40 links, pushed at its end: fast oscillations that the solution hardly has.
 *  @see Hairer and Wanner, Solving Ordinary Differential Equations II, IV.1 */
export const beam: OdeProblem = {
  f: (() => {
    const [v, w, u, cos, sin, pivot] = Array.from({ length: 6 }, () => new Float64Array(LINKS + 1)) as [
      ...[Float64Array, Float64Array, Float64Array],
      ...[Float64Array, Float64Array, Float64Array],
    ];
    const last = LINKS - 1;
    return (t: number, y: Float64Array, dy: Float64Array) => {
      const force = t < Math.PI ? 1.5 * Math.sin(t) ** 2 : 0;
      for (let i = 1; i < LINKS; i++) {
        cos[i] = Math.cos(y[i]! - y[i - 1]!);
        sin[i] = Math.sin(y[i]! - y[i - 1]!);
      }
      for (let i = 0; i < LINKS; i++) {
        const before = i === 0 ? -y[0]! : y[i - 1]!;
        const after = i === last ? y[last]! : y[i + 1]!;
        const bend = before - 2 * y[i]! + after;
        v[i] = LINKS ** 4 * bend + LINKS ** 2 * force * (Math.cos(y[i]!) + Math.sin(y[i]!));
      }
      for (let i = 0; i < LINKS; i++) {
        w[i] = y[LINKS + i]! ** 2;
        if (i > 0) w[i] = w[i]! - sin[i]! * v[i - 1]!;
        if (i < last) w[i] = w[i]! + sin[i + 1]! * v[i + 1]!;
      }
      pivot[0] = 1;
      u[0] = w[0]!;
      for (let i = 1; i < LINKS; i++) {
        const m = -cos[i]! / pivot[i - 1]!;
        pivot[i] = (i === last ? 3 : 2) + m * cos[i]!;
        u[i] = w[i]! - m * u[i - 1]!;
      }
      u[last] = u[last]! / pivot[last]!;
      for (let i = last - 1; i >= 0; i--) u[i] = (u[i]! + cos[i + 1]! * u[i + 1]!) / pivot[i]!;
      for (let i = 0; i < LINKS; i++) {
        let sum = (i === 0 ? 1 : i === last ? 3 : 2) * v[i]!;
        if (i > 0) sum -= cos[i]! * v[i - 1]! + sin[i]! * u[i - 1]!;
        if (i < last) sum += sin[i + 1]! * u[i + 1]! - cos[i + 1]! * v[i + 1]!;
        dy[i] = y[LINKS + i]!;
        dy[LINKS + i] = sum;
      }
    };
  })(),
  y0: new Float64Array(2 * LINKS),
  tSpan: [0, 5],
};
