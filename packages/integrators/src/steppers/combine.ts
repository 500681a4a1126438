/** out = y + h sum_{j < count} a[j] k[j], written out for the usual numbers of terms: the inner loop over j would cost
 *  more than its arithmetic in small systems. `out` may be `y`. */
export function combine(
  out: Float64Array,
  y: Float64Array,
  h: number,
  a: Float64Array,
  k: readonly Float64Array[],
  count: number,
): void {
  const n = out.length;
  switch (count) {
    case 0:
      out.set(y);
      return;
    case 1: {
      const k0 = k[0]!;
      const a0 = h * a[0]!;
      for (let i = 0; i < n; i++) out[i] = y[i]! + a0 * k0[i]!;
      return;
    }
    case 2: {
      const k0 = k[0]!;
      const k1 = k[1]!;
      const a0 = h * a[0]!;
      const a1 = h * a[1]!;
      for (let i = 0; i < n; i++) out[i] = y[i]! + (a0 * k0[i]! + a1 * k1[i]!);
      return;
    }
    case 3: {
      const k0 = k[0]!;
      const k1 = k[1]!;
      const k2 = k[2]!;
      const a0 = h * a[0]!;
      const a1 = h * a[1]!;
      const a2 = h * a[2]!;
      for (let i = 0; i < n; i++) out[i] = y[i]! + (a0 * k0[i]! + a1 * k1[i]! + a2 * k2[i]!);
      return;
    }
    default:
      combineMany(out, y, h, a, k, count);
  }
}

function combineMany(
  out: Float64Array,
  y: Float64Array,
  h: number,
  a: Float64Array,
  k: readonly Float64Array[],
  count: number,
): void {
  const n = out.length;
  const k0 = k[0]!;
  const k1 = k[1]!;
  const k2 = k[2]!;
  const k3 = k[3]!;
  const a0 = h * a[0]!;
  const a1 = h * a[1]!;
  const a2 = h * a[2]!;
  const a3 = h * a[3]!;
  if (count === 4) {
    for (let i = 0; i < n; i++) {
      out[i] = y[i]! + (a0 * k0[i]! + a1 * k1[i]! + a2 * k2[i]! + a3 * k3[i]!);
    }
    return;
  }
  const k4 = k[4]!;
  const a4 = h * a[4]!;
  if (count === 5) {
    for (let i = 0; i < n; i++) {
      out[i] = y[i]! + (a0 * k0[i]! + a1 * k1[i]! + a2 * k2[i]! + a3 * k3[i]! + a4 * k4[i]!);
    }
    return;
  }
  const k5 = k[5]!;
  const a5 = h * a[5]!;
  if (count === 6) {
    for (let i = 0; i < n; i++) {
      out[i] = y[i]! + (a0 * k0[i]! + a1 * k1[i]! + a2 * k2[i]! + a3 * k3[i]! + a4 * k4[i]! + a5 * k5[i]!);
    }
    return;
  }
  const k6 = k[6]!;
  const a6 = h * a[6]!;
  for (let i = 0; i < n; i++) {
    let sum = a0 * k0[i]! + a1 * k1[i]! + a2 * k2[i]! + a3 * k3[i]! + a4 * k4[i]! + a5 * k5[i]! + a6 * k6[i]!;
    for (let j = 7; j < count; j++) sum += h * a[j]! * k[j]![i]!;
    out[i] = y[i]! + sum;
  }
}

/** Rows 1..degree of a step's polynomial from the continuous weights; row 0 is y. `columns[m][i]` is the weight of k_i
 *  in x^(m + 1). */
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
