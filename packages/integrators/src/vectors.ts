/** The root of the rounding unit. */
export const ROOT_EPSILON: number = 2 ** -26;

/** sqrt(mean((v_i / w_i)^2)). */
export function weightedNorm(v: Float64Array, weights: Float64Array): number {
  const n = v.length;
  // Two sums, so that an addition does not wait for the one before.
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

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

export function norm(v: Float64Array): number {
  return Math.sqrt(dot(v, v));
}

/** max |v_i|. */
export function largest(v: Float64Array): number {
  let size = 0;
  for (let i = 0; i < v.length; i++) size = Math.max(size, Math.abs(v[i]!));
  return size;
}

/** False when an entry is NaN or infinite. */
export function allFinite(v: Float64Array): boolean {
  let sum = 0;
  for (let i = 0; i < v.length; i++) sum += v[i]! * 0;
  return sum === 0;
}
