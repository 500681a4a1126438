import { misuse } from "../errors.ts";
import type { OdeProblem } from "../problem.ts";

const ALPHA = 0.1;

/** The Brusselator on the unit square, u' = 1 + u^2 v - 4.4 u + 0.1 (u_xx + u_yy) + s(t, x, y) and v' = 3.4 u
 *  - u^2 v + 0.1 (v_xx + v_yy), with s = 5 in a disc from t = 1.1 on (pass `tStops: [1.1]`): points^2 points,
 *  two unknowns each, u before v. The flow through the boundary is nil, or the square periodic. The pattern
 *  is declared, its Jacobian sparse. @see Hairer and Wanner, Solving Ordinary Differential Equations II,
 *  IV.10, BRUSS-2D */
export function brusselator2d(points: number, { periodic = false }: { periodic?: boolean } = {}): OdeProblem {
  if (!Number.isInteger(points) || points < 3) {
    throw misuse("bad_option", `brusselator2d: points is ${points}, expected an integer of at least 3`);
  }
  const m = points;
  const h = periodic ? 1 / m : 1 / (m - 1);
  const d = ALPHA / (h * h);
  const [left, right] = neighbours(m, periodic);
  const source = new Float64Array(m * m);
  const y0 = new Float64Array(2 * m * m);
  for (let row = 0; row < m; row++) {
    for (let x = 0; x < m; x++) {
      const at = x + m * row;
      const [px, py] = [x * h, row * h];
      y0[2 * at] = 22 * py * (1 - py) ** 1.5;
      y0[2 * at + 1] = 27 * px * (1 - px) ** 1.5;
      source[at] = (px - 0.3) ** 2 + (py - 0.6) ** 2 <= 0.01 ? 5 : 0;
    }
  }
  const sparsity = patternOf(m, left, right);
  const coupling = Float64Array.from(
    sparsity.flatMap((rows, j) => rows.map((i) => d * timesOf(i >> 1, j >> 1, m, left, right))),
  );
  return {
    f: (t, y, dy) => {
      const on = t >= 1.1 ? 1 : 0;
      for (let row = 0; row < m; row++) {
        const here = 2 * m * row;
        const [above, below] = [2 * m * right[row]!, 2 * m * left[row]!];
        for (let x = 0; x < m; x++) {
          const k = here + 2 * x;
          const [west, east] = [here + 2 * left[x]!, here + 2 * right[x]!];
          const [north, south] = [above + 2 * x, below + 2 * x];
          const [u, v] = [y[k]!, y[k + 1]!];
          const r = u * u * v;
          const uFlow = y[west]! + y[east]! + y[north]! + y[south]! - 4 * u;
          const vFlow = y[west + 1]! + y[east + 1]! + y[north + 1]! + y[south + 1]! - 4 * v;
          dy[k] = 1 + r - 4.4 * u + d * uFlow + on * source[k >> 1]!;
          dy[k + 1] = 3.4 * u - r + d * vFlow;
        }
      }
    },
    sparsity,
    sparseJacobian: (_t, y, values) => {
      let e = 0;
      for (let j = 0; j < sparsity.length; j++) {
        const c = j & 1;
        const u = y[j - c]!;
        const v = y[j - c + 1]!;
        for (const i of sparsity[j]!) {
          if (i === j) values[e] = (c === 0 ? 2 * u * v - 4.4 : -u * u) - 4 * d;
          else if (i === (j ^ 1)) values[e] = c === 0 ? 3.4 - 2 * u * v : u * u;
          else values[e] = coupling[e]!;
          e++;
        }
      }
    },
    y0,
    tSpan: [0, 11.5],
  };
}

/** The points before and after each, on a line. */
function neighbours(m: number, periodic: boolean): readonly [number[], number[]] {
  const line = Array.from({ length: m }, (_, x) => x);
  if (periodic) return [line.map((x) => (x + m - 1) % m), line.map((x) => (x + 1) % m)];
  return [line.map((x) => (x > 0 ? x - 1 : 1)), line.map((x) => (x < m - 1 ? x + 1 : m - 2))];
}

/** How often point j is a neighbour of point i: twice behind a boundary. */
function timesOf(i: number, j: number, m: number, left: number[], right: number[]): number {
  const [x, row] = [i % m, Math.floor(i / m)];
  const [otherX, otherRow] = [j % m, Math.floor(j / m)];
  const times = (at: number, other: number) => Number(left[at] === other) + Number(right[at] === other);
  return row === otherRow ? times(x, otherX) : times(row, otherRow);
}

function patternOf(m: number, left: number[], right: number[]): number[][] {
  const columns = Array.from({ length: 2 * m * m }, (): Set<number> => new Set());
  for (let i = 0; i < columns.length; i++) {
    const c = i & 1;
    const x = (i >> 1) % m;
    const row = Math.floor((i >> 1) / m);
    const at = (px: number, py: number) => c + 2 * (px + m * py);
    for (const j of [
      i,
      i ^ 1,
      at(left[x]!, row),
      at(right[x]!, row),
      at(x, left[row]!),
      at(x, right[row]!),
    ]) {
      columns[j]!.add(i);
    }
  }
  return columns.map((rows) => [...rows]);
}
