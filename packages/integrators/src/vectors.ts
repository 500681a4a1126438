/** sqrt(mean((v_i / w_i)^2)). */
export function weightedNorm(v: Float64Array, weights: Float64Array): number {
  const n = v.length;
  // Two sums, so that an addition does not wait for the one before; allFinite has four.
  let even = 0;
  let odd = 0;
  let i = 0;
  for (; i + 1 < n; i += 2) {
    const r = v[i]! / weights[i]!;
    const s = v[i + 1]! / weights[i + 1]!;
    even += r * r;
    odd += s * s;
  }
  if (i < n) {
    const r = v[i]! / weights[i]!;
    even += r * r;
  }
  return Math.sqrt((even + odd) / n);
}

/** max |v_i|. */
export function largest(v: Float64Array): number {
  let size = 0;
  for (let i = 0; i < v.length; i++) size = Math.max(size, Math.abs(v[i]!));
  return size;
}

/** False when one of the first n entries is NaN or infinite. */
export function allFinite(v: Float64Array, n: number = v.length): boolean {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (; i + 3 < n; i += 4) {
    a += v[i]! * 0;
    b += v[i + 1]! * 0;
    c += v[i + 2]! * 0;
    d += v[i + 3]! * 0;
  }
  for (; i < n; i++) a += v[i]! * 0;
  return a + b + c + d === 0;
}
