import type { CollocationTableau } from "../tableau/collocation.ts";

export type Stages = readonly [Float64Array, Float64Array, Float64Array];

/** Rows x, x^2, x^3 of the cubic through (0, 0) and the (c_i, z_i). */
export function collocationRows(
  method: CollocationTableau,
  [z0, z1, z2]: Stages,
  out: Float64Array,
  offset: number,
): void {
  const v = method.interpolation;
  const n = z0.length;
  for (let i = 0; i < n; i++) {
    const a = z0[i]!;
    const b = z1[i]!;
    const d = z2[i]!;
    out[offset + i] = v[0] * a + v[1] * b + v[2] * d;
    out[offset + n + i] = v[3] * a + v[4] * b + v[5] * d;
    out[offset + 2 * n + i] = v[6] * a + v[7] * b + v[8] * d;
  }
}

/** Continues the cubic of the last step into one `ratio` times as long: its values at the stages, less that
 *  at the start, are guesses z. Writes y + z and w = T^-1 z into the rows 0..2 and 3..5 of `work`. */
export function extrapolate(
  method: CollocationTableau,
  rows: Float64Array,
  ratio: number,
  y: Float64Array,
  work: Float64Array,
): void {
  const { c, inverseT: ti } = method;
  const n = y.length;
  const x0 = 1 + c[0] * ratio;
  const x1 = 1 + c[1] * ratio;
  const x2 = 1 + c[2] * ratio;
  for (let i = 0; i < n; i++) {
    const q1 = rows[i]!;
    const q2 = rows[n + i]!;
    const q3 = rows[2 * n + i]!;
    const end = q1 + q2 + q3;
    const a = x0 * (q1 + x0 * (q2 + x0 * q3)) - end;
    const b = x1 * (q1 + x1 * (q2 + x1 * q3)) - end;
    const d = x2 * (q1 + x2 * (q2 + x2 * q3)) - end;
    const start = y[i]!;
    work[i] = start + a;
    work[n + i] = start + b;
    work[2 * n + i] = start + d;
    work[3 * n + i] = ti[0] * a + ti[1] * b + ti[2] * d;
    work[4 * n + i] = ti[3] * a + ti[4] * b + ti[5] * d;
    work[5 * n + i] = ti[6] * a + ti[7] * b + ti[8] * d;
  }
}
