/** sums[q] = the product of row x and row y + q over the columns `from` to `to` - 1, for q < `count` <= 4.
 *  Four rows at a time read x only once. All rows have `n` entries. */
function products(
  [left, x]: readonly [Float64Array, number],
  [right, y]: readonly [Float64Array, number],
  n: number,
  { count, from, to }: { count: number; from: number; to: number },
  sums: Float64Array,
): void {
  const at = x * n;
  if (count === 4) {
    const [a, b, c, d] = [y * n, (y + 1) * n, (y + 2) * n, (y + 3) * n];
    let [p, q, r, s] = [0, 0, 0, 0];
    for (let k = from; k < to; k++) {
      const t = left[at + k]!;
      p += t * right[a + k]!;
      q += t * right[b + k]!;
      r += t * right[c + k]!;
      s += t * right[d + k]!;
    }
    sums[0] = p;
    sums[1] = q;
    sums[2] = r;
    sums[3] = s;
    return;
  }
  for (let q = 0; q < count; q++) {
    let sum = 0;
    for (let k = from; k < to; k++) sum += left[at + k]! * right[(y + q) * n + k]!;
    sums[q] = sum;
  }
}

/** Cholesky's factor L of a symmetric positive definite matrix [n, n], row-major, in place: the lower half
 *  is read and replaced, the upper half left as it was. False where a pivot is not above 0. */
export function factorise(l: Float64Array, n: number): boolean {
  const sums = new Float64Array(4);
  for (let j = 0; j < n; j++) {
    products([l, j], [l, j], n, { count: 1, from: 0, to: j }, sums);
    const pivot = l[j * n + j]! - sums[0]!;
    if (!(pivot > 0)) return false;
    const root = Math.sqrt(pivot);
    l[j * n + j] = root;
    for (let i = j + 1; i < n; i += 4) {
      const count = Math.min(4, n - i);
      products([l, j], [l, i], n, { count, from: 0, to: j }, sums);
      for (let q = 0; q < count; q++) l[(i + q) * n + j] = (l[(i + q) * n + j]! - sums[q]!) / root;
    }
  }
  return true;
}

/** b becomes the solution x of L L^T x = b. */
export function solve(l: Float64Array, n: number, b: Float64Array): void {
  for (let i = 0; i < n; i++) {
    let sum = b[i]!;
    for (let k = 0; k < i; k++) sum -= l[i * n + k]! * b[k]!;
    b[i] = sum / l[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    const x = b[i]! / l[i * n + i]!;
    b[i] = x;
    for (let k = 0; k < i; k++) b[k]! -= l[i * n + k]! * x;
  }
}

/** The inverse of L^T, the upper half of which is not 0: with it k (L L^T)^-1 k = |k u|^2. Its row i is
 *  column i of the inverse of L, so that all products are of rows. */
export function invertedRoot(l: Float64Array, n: number): Float64Array {
  const u = new Float64Array(n * n);
  const sums = new Float64Array(4);
  for (let i = 0; i < n; i += 4) {
    const count = Math.min(4, n - i);
    for (let k = i; k < n; k++) {
      products([l, k], [u, i], n, { count, from: i, to: k }, sums);
      for (let q = 0; q < count; q++) {
        u[(i + q) * n + k] = ((i + q === k ? 1 : 0) - sums[q]!) / l[k * n + k]!;
      }
    }
  }
  return u;
}

/** The lower half of V V^T. Row i of V [m, n] is 0 before column starts[i], and starts ascend. */
export function gram(v: Float64Array, n: number, starts: readonly number[]): Float64Array {
  const m = starts.length;
  const sums = new Float64Array(4);
  const matrix = new Float64Array(m * m);
  for (let j = 0; j < m; j++) {
    for (let i = j; i < m; i += 4) {
      const count = Math.min(4, m - i);
      products([v, j], [v, i], n, { count, from: starts[i]!, to: n }, sums);
      for (let q = 0; q < count; q++) matrix[(i + q) * m + j] = sums[q]!;
    }
  }
  return matrix;
}

/** The lower half of the inverse of L L^T. */
export function inverse(l: Float64Array, n: number): Float64Array {
  return gram(
    invertedRoot(l, n),
    n,
    Array.from({ length: n }, (_, i) => i),
  );
}

/** k u, for an upper triangular u [n, n]. Four rows at a time read the sums once. */
export function timesUpper(k: Float64Array, u: Float64Array, n: number): Float64Array {
  const sums = new Float64Array(n);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const [a, b, c, d] = [i * n, (i + 1) * n, (i + 2) * n, (i + 3) * n];
    const [p, q, r, s] = [k[i]!, k[i + 1]!, k[i + 2]!, k[i + 3]!];
    for (let j = i; j < n; j++) {
      sums[j] = sums[j]! + p * u[a + j]! + q * u[b + j]! + r * u[c + j]! + s * u[d + j]!;
    }
  }
  for (; i < n; i++) for (let j = i; j < n; j++) sums[j]! += k[i]! * u[i * n + j]!;
  return sums;
}

/** u x, for an upper triangular u [n, n]. */
export function upperTimes(u: Float64Array, n: number, x: Float64Array): Float64Array {
  const all = new Float64Array(n);
  const sums = new Float64Array(4);
  for (let i = 0; i < n; i += 4) {
    const count = Math.min(4, n - i);
    products([x, 0], [u, i], n, { count, from: i, to: n }, sums);
    for (let q = 0; q < count; q++) all[i + q] = sums[q]!;
  }
  return all;
}
