/** The stages of a step: row i, n long, is `each[i]`, a view of `all`. Sums over stages run through `all`:
 *  one array at hand instead of one for every term. */
export interface StageArrays {
  readonly all: Float64Array;
  readonly each: readonly Float64Array[];
}

export function stageArrays(stages: number, n: number): StageArrays {
  const all = new Float64Array(stages * n);
  return { all, each: Array.from({ length: stages }, (_, i) => all.subarray(i * n, (i + 1) * n)) };
}

/** out = y + h sum_{j < count} a[j] k_j, written out for the usual numbers of terms: the inner loop over j
 *  would cost more than its arithmetic in small systems. `out` may be `y`. */
export function combine(
  out: Float64Array,
  y: Float64Array,
  h: number,
  a: Float64Array,
  k: Float64Array,
  count: number,
): void {
  const n = out.length;
  if (count === 0) {
    out.set(y);
  } else if (count === 1) {
    const a0 = h * a[0]!;
    for (let i = 0; i < n; i++) out[i] = y[i]! + a0 * k[i]!;
  } else if (count === 2) {
    const a0 = h * a[0]!;
    const a1 = h * a[1]!;
    for (let i = 0; i < n; i++) out[i] = y[i]! + (a0 * k[i]! + a1 * k[n + i]!);
  } else if (count === 3) {
    const a0 = h * a[0]!;
    const a1 = h * a[1]!;
    const a2 = h * a[2]!;
    const k2 = 2 * n;
    for (let i = 0; i < n; i++) out[i] = y[i]! + (a0 * k[i]! + a1 * k[n + i]! + a2 * k[k2 + i]!);
  } else if (count === 4) {
    const a0 = h * a[0]!;
    const a1 = h * a[1]!;
    const a2 = h * a[2]!;
    const a3 = h * a[3]!;
    const k2 = 2 * n;
    const k3 = 3 * n;
    for (let i = 0; i < n; i++)
      out[i] = y[i]! + (a0 * k[i]! + a1 * k[n + i]! + a2 * k[k2 + i]! + a3 * k[k3 + i]!);
  } else {
    combineMany(out, y, h, a, k, count);
  }
}

function combineMany(
  out: Float64Array,
  y: Float64Array,
  h: number,
  a: Float64Array,
  k: Float64Array,
  count: number,
): void {
  const n = out.length;
  if (count === 5) {
    const a0 = h * a[0]!;
    const a1 = h * a[1]!;
    const a2 = h * a[2]!;
    const a3 = h * a[3]!;
    const a4 = h * a[4]!;
    const k2 = 2 * n;
    const k3 = 3 * n;
    const k4 = 4 * n;
    for (let i = 0; i < n; i++)
      out[i] = y[i]! + (a0 * k[i]! + a1 * k[n + i]! + a2 * k[k2 + i]! + a3 * k[k3 + i]! + a4 * k[k4 + i]!);
  } else if (count === 6) {
    const a0 = h * a[0]!;
    const a1 = h * a[1]!;
    const a2 = h * a[2]!;
    const a3 = h * a[3]!;
    const a4 = h * a[4]!;
    const a5 = h * a[5]!;
    const k2 = 2 * n;
    const k3 = 3 * n;
    const k4 = 4 * n;
    const k5 = 5 * n;
    for (let i = 0; i < n; i++)
      out[i] =
        y[i]! +
        (a0 * k[i]! + a1 * k[n + i]! + a2 * k[k2 + i]! + a3 * k[k3 + i]! + a4 * k[k4 + i]! + a5 * k[k5 + i]!);
  } else if (count === 7) {
    const a0 = h * a[0]!;
    const a1 = h * a[1]!;
    const a2 = h * a[2]!;
    const a3 = h * a[3]!;
    const a4 = h * a[4]!;
    const a5 = h * a[5]!;
    const a6 = h * a[6]!;
    const k2 = 2 * n;
    const k3 = 3 * n;
    const k4 = 4 * n;
    const k5 = 5 * n;
    const k6 = 6 * n;
    for (let i = 0; i < n; i++)
      out[i] =
        y[i]! +
        (a0 * k[i]! +
          a1 * k[n + i]! +
          a2 * k[k2 + i]! +
          a3 * k[k3 + i]! +
          a4 * k[k4 + i]! +
          a5 * k[k5 + i]! +
          a6 * k[k6 + i]!);
  } else {
    combineMany(out, y, h, a, k, 7);
    for (let j = 7; j < count; j++) {
      const weight = h * a[j]!;
      const at = j * n;
      for (let i = 0; i < n; i++) out[i] = out[i]! + weight * k[at + i]!;
    }
  }
}

/** out = y + sum_{j < count} a[j] k_j and sum = h sum_{j < count} c[j] k_j, for which each k_j is read once.
 *  `sum` may be a later stage. */
export function combineTwo(
  out: Float64Array,
  y: Float64Array,
  a: Float64Array,
  sum: Float64Array,
  h: number,
  c: Float64Array,
  k: Float64Array,
  count: number,
): void {
  const n = out.length;
  if (count === 1) {
    const a0 = a[0]!;
    const c0 = h * c[0]!;
    for (let i = 0; i < n; i++) {
      const k0 = k[i]!;
      out[i] = y[i]! + a0 * k0;
      sum[i] = c0 * k0;
    }
  } else if (count === 2) {
    const a0 = a[0]!;
    const a1 = a[1]!;
    const c0 = h * c[0]!;
    const c1 = h * c[1]!;
    for (let i = 0; i < n; i++) {
      const k0 = k[i]!;
      const k1 = k[n + i]!;
      out[i] = y[i]! + (a0 * k0 + a1 * k1);
      sum[i] = c0 * k0 + c1 * k1;
    }
  } else if (count === 3) {
    const a0 = a[0]!;
    const a1 = a[1]!;
    const a2 = a[2]!;
    const c0 = h * c[0]!;
    const c1 = h * c[1]!;
    const c2 = h * c[2]!;
    const at2 = 2 * n;
    for (let i = 0; i < n; i++) {
      const k0 = k[i]!;
      const k1 = k[n + i]!;
      const k2 = k[at2 + i]!;
      out[i] = y[i]! + (a0 * k0 + a1 * k1 + a2 * k2);
      sum[i] = c0 * k0 + c1 * k1 + c2 * k2;
    }
  } else {
    combineTwoMany(out, y, a, sum, h, c, k, count);
  }
}

function combineTwoMany(
  out: Float64Array,
  y: Float64Array,
  a: Float64Array,
  sum: Float64Array,
  h: number,
  c: Float64Array,
  k: Float64Array,
  count: number,
): void {
  const n = out.length;
  if (count === 4) {
    const a0 = a[0]!;
    const a1 = a[1]!;
    const a2 = a[2]!;
    const a3 = a[3]!;
    const c0 = h * c[0]!;
    const c1 = h * c[1]!;
    const c2 = h * c[2]!;
    const c3 = h * c[3]!;
    const at2 = 2 * n;
    const at3 = 3 * n;
    for (let i = 0; i < n; i++) {
      const k0 = k[i]!;
      const k1 = k[n + i]!;
      const k2 = k[at2 + i]!;
      const k3 = k[at3 + i]!;
      out[i] = y[i]! + (a0 * k0 + a1 * k1 + a2 * k2 + a3 * k3);
      sum[i] = c0 * k0 + c1 * k1 + c2 * k2 + c3 * k3;
    }
  } else if (count === 5) {
    const a0 = a[0]!;
    const a1 = a[1]!;
    const a2 = a[2]!;
    const a3 = a[3]!;
    const a4 = a[4]!;
    const c0 = h * c[0]!;
    const c1 = h * c[1]!;
    const c2 = h * c[2]!;
    const c3 = h * c[3]!;
    const c4 = h * c[4]!;
    const at2 = 2 * n;
    const at3 = 3 * n;
    const at4 = 4 * n;
    for (let i = 0; i < n; i++) {
      const k0 = k[i]!;
      const k1 = k[n + i]!;
      const k2 = k[at2 + i]!;
      const k3 = k[at3 + i]!;
      const k4 = k[at4 + i]!;
      out[i] = y[i]! + (a0 * k0 + a1 * k1 + a2 * k2 + a3 * k3 + a4 * k4);
      sum[i] = c0 * k0 + c1 * k1 + c2 * k2 + c3 * k3 + c4 * k4;
    }
  } else {
    combine(out, y, 1, a, k, count);
    sum.fill(0);
    combine(sum, sum, h, c, k, count);
  }
}

/** Rows 1..degree of a step's polynomial from the continuous weights; row 0 is y. `columns[m][i]` is the
 *  weight of k_i in x^(m + 1). */
export function densePolynomial(
  columns: readonly Float64Array[],
  y: Float64Array,
  h: number,
  k: readonly Float64Array[],
  out: Float64Array,
  offset: number,
): void {
  const n = y.length;
  for (let i = 0; i < n; i++) out[offset + i] = y[i]!;
  for (let m = 0; m < columns.length; m++) {
    const weights = columns[m]!;
    const at = offset + (m + 1) * n;
    for (let i = 0; i < n; i++) out[at + i] = 0;
    for (let s = 0; s < k.length; s++) {
      const w = h * weights[s]!;
      if (w === 0) continue;
      const ks = k[s]!;
      for (let i = 0; i < n; i++) out[at + i] = out[at + i]! + w * ks[i]!;
    }
  }
}

/** The continuous weights, power by power. */
export function denseColumns(weights: readonly (readonly number[])[]): Float64Array[] {
  const degree = Math.max(...weights.map((row) => row.length));
  return Array.from({ length: degree }, (_, m) => Float64Array.from(weights, (row) => row[m] ?? 0));
}
