import type { CollocationTableau } from "../tableau/collocation.ts";
import type { Stages } from "./collocation-polynomial.ts";

// An iteration's passes over its work array: nine rows of n, the stages (0..2), w = T^-1 z (3..5) and the
// increments of w (6..8).

/** The slopes in the rows 6..8 become (with w, or M w, given) T^-1 f - diag(real, re + i im) w / h. */
export function toResidual(method: CollocationTableau, h: number, work: Float64Array, w: Float64Array): void {
  const { inverseT, eigenvalues } = method;
  const real = eigenvalues.real / h;
  const re = eigenvalues.re / h;
  const im = eigenvalues.im / h;
  const t0 = inverseT[0];
  const t1 = inverseT[1];
  const t2 = inverseT[2];
  const t3 = inverseT[3];
  const t4 = inverseT[4];
  const t5 = inverseT[5];
  const t6 = inverseT[6];
  const t7 = inverseT[7];
  const t8 = inverseT[8];
  const n = work.length / 9;
  const end = 7 * n;
  for (let i = 6 * n; i < end; i++) {
    const a = work[i]!;
    const b = work[i + n]!;
    const d = work[i + 2 * n]!;
    const p = w[i - 6 * n]!;
    const q = w[i - 5 * n]!;
    const r = w[i - 4 * n]!;
    work[i] = t0 * a + t1 * b + t2 * d - real * p;
    work[i + n] = t3 * a + t4 * b + t5 * d - (re * q - im * r);
    work[i + 2 * n] = t6 * a + t7 * b + t8 * d - (re * r + im * q);
  }
}

/** Adds the increments to w and makes the stages of it. Returns the increments' root mean square in the unit
 *  of the error weights, of which `scale` has the reciprocals. */
export function advance(
  method: CollocationTableau,
  y: Float64Array,
  scale: Float64Array,
  work: Float64Array,
): number {
  const { t } = method;
  const t0 = t[0];
  const t1 = t[1];
  const t2 = t[2];
  const t3 = t[3];
  const t4 = t[4];
  const t5 = t[5];
  const t6 = t[6];
  const t7 = t[7];
  const t8 = t[8];
  const n = y.length;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const s = scale[i]!;
    const start = y[i]!;
    const d0 = work[6 * n + i]!;
    const d1 = work[7 * n + i]!;
    const d2 = work[8 * n + i]!;
    const a = work[3 * n + i]! + d0;
    const b = work[4 * n + i]! + d1;
    const d = work[5 * n + i]! + d2;
    const e0 = s * d0;
    const e1 = s * d1;
    const e2 = s * d2;
    sum += e0 * e0 + e1 * e1 + e2 * e2;
    work[3 * n + i] = a;
    work[4 * n + i] = b;
    work[5 * n + i] = d;
    work[i] = start + (t0 * a + t1 * b + t2 * d);
    work[n + i] = start + (t3 * a + t4 * b + t5 * d);
    work[2 * n + i] = start + (t6 * a + t7 * b + t8 * d);
  }
  return Math.sqrt(sum / (3 * n));
}

/** z = T w, from which the rest of a step is made, and the state at its end. */
export function finish(
  method: CollocationTableau,
  y: Float64Array,
  work: Float64Array,
  [z0, z1, z2]: Stages,
  yNew: Float64Array,
): void {
  const { t } = method;
  const t0 = t[0];
  const t1 = t[1];
  const t2 = t[2];
  const t3 = t[3];
  const t4 = t[4];
  const t5 = t[5];
  const t6 = t[6];
  const t7 = t[7];
  const t8 = t[8];
  const n = y.length;
  for (let i = 0; i < n; i++) {
    const a = work[3 * n + i]!;
    const b = work[4 * n + i]!;
    const d = work[5 * n + i]!;
    const end = t6 * a + t7 * b + t8 * d;
    z0[i] = t0 * a + t1 * b + t2 * d;
    z1[i] = t3 * a + t4 * b + t5 * d;
    z2[i] = end;
    yNew[i] = y[i]! + end;
  }
}
