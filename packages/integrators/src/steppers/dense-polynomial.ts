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

/** Hermite's cubic: it has the values and the slopes at both ends. */
export function cubicPolynomial(
  y: Float64Array,
  yNew: Float64Array,
  first: Float64Array,
  last: Float64Array,
  h: number,
  out: Float64Array,
  offset: number,
): void {
  const n = y.length;
  for (let i = 0; i < n; i++) {
    const change = yNew[i]! - y[i]!;
    const [a, b] = [h * first[i]!, h * last[i]!];
    out[offset + i] = y[i]!;
    out[offset + n + i] = a;
    out[offset + 2 * n + i] = 3 * change - 2 * a - b;
    out[offset + 3 * n + i] = a + b - 2 * change;
  }
}
