import type { OdeProblem } from "@stiffnet/integrators";
import { brusselator2d } from "@stiffnet/integrators/problems";
import { alternatingDirections, type Square } from "./adi.ts";

/** A problem on a square, of any number of points. */
export interface Plane {
  readonly parts: number;
  /** Where f jumps. */
  readonly tStops: readonly number[];
  square(side: number): Square;
  /** With its pattern and its sparse Jacobian. */
  problem(side: number): OdeProblem;
  /** The end state, where it is known. */
  exact?(side: number): Float64Array;
}

export const planeNames = ["HEAT2D", "BRUSS2D"] as const;
export type PlaneName = (typeof planeNames)[number];

export const planes: Readonly<Record<PlaneName, Plane>> = {
  HEAT2D: {
    parts: 1,
    tStops: [],
    square: (side) => ({ side, parts: 1, coupling: (side + 1) ** 2, reflecting: false }),
    problem: heat2d,
    exact: heatAtEnd,
  },
  BRUSS2D: {
    parts: 2,
    tStops: [1.1],
    square: (side) => ({ side, parts: 2, coupling: 0.1 * (side - 1) ** 2, reflecting: true }),
    problem: (side) => brusselator2d(side),
  },
};

/** So many points on a side come nearest to a number of unknowns. */
export function sideOf(name: PlaneName, unknowns: number): number {
  return Math.max(3, Math.round(Math.sqrt(unknowns / planes[name].parts)));
}

export function unknownsOf(name: PlaneName, side: number): number {
  return planes[name].parts * side * side;
}

/** Components that are looked at: all parts of points all over the square. */
export function sampled(y: ArrayLike<number>): number[] {
  const count = Math.min(61, y.length);
  return Array.from({ length: count }, (_, k) => y[Math.floor(((k + 0.5) * y.length) / count)]!);
}

/** The problem with systems solved by GMRES, as they need no Jacobian. */
export function matrixFree(name: PlaneName, side: number): OdeProblem {
  const { sparsity: _, sparseJacobian: __, ...problem } = planes[name].problem(side);
  return { ...problem, krylov: { preconditioner: alternatingDirections(planes[name].square(side)) } };
}

const HEAT_END = 0.1;
const tent = (x: number): number => (x < 0.5 ? x : 1 - x);

/** u' = u_xx + u_yy on the inner points of the unit square, nil around it, from a product of tents. */
function heat2d(m: number): OdeProblem {
  const k = (m + 1) ** 2;
  const n = m * m;
  const sparsity = Array.from({ length: n }, (_, j) => {
    const x = j % m;
    const rows = [j];
    if (j >= m) rows.unshift(j - m);
    if (x > 0) rows.splice(-1, 0, j - 1);
    if (x < m - 1) rows.push(j + 1);
    if (j < n - m) rows.push(j + m);
    return rows;
  });
  return {
    f: (_t, y, dy) => {
      for (let j = 0, x = 0; j < n; j++, x = x === m - 1 ? 0 : x + 1) {
        const west = x > 0 ? y[j - 1]! : 0;
        const east = x < m - 1 ? y[j + 1]! : 0;
        const south = j >= m ? y[j - m]! : 0;
        const north = j < n - m ? y[j + m]! : 0;
        dy[j] = k * (west + east + south + north - 4 * y[j]!);
      }
    },
    sparsity,
    sparseJacobian: (_t, _y, values) => {
      let e = 0;
      for (let j = 0; j < n; j++) for (const i of sparsity[j]!) values[e++] = i === j ? -4 * k : k;
    },
    autonomous: true,
    y0: Float64Array.from({ length: n }, (_, j) => {
      const [x, row] = [j % m, Math.floor(j / m)];
      return tent((x + 1) / (m + 1)) * tent((row + 1) / (m + 1));
    }),
    tSpan: [0, HEAT_END],
  };
}

/** The discrete heat equation splits: its solution is the product of two on a line, sums of sines. */
function heatAtEnd(m: number): Float64Array {
  const h = 1 / (m + 1);
  const line = new Float64Array(m);
  for (let mode = 1; mode <= m; mode++) {
    const sine = Float64Array.from({ length: m }, (_, i) => Math.sin(mode * Math.PI * (i + 1) * h));
    const weight = 2 * h * sine.reduce((sum, s, i) => sum + s * tent((i + 1) * h), 0);
    const decay = Math.exp(-HEAT_END * (2 * (m + 1) * Math.sin((mode * Math.PI * h) / 2)) ** 2);
    for (let i = 0; i < m; i++) line[i] = line[i]! + weight * decay * sine[i]!;
  }
  return Float64Array.from({ length: m * m }, (_, j) => line[j % m]! * line[Math.floor(j / m)]!);
}
