import { EVD, Matrix, SVD } from "ml-matrix";

/** The proxies in float64, on row-major square matrices, for these tests: written for reading, or by
 *  ml-matrix. */
export type Value = (matrix: Float64Array) => number;

const rowsOf = (matrix: Float64Array): Matrix => {
  const n = Math.sqrt(matrix.length);
  return Matrix.from1DArray(n, n, [...matrix]);
};

export const frobenius64: Value = (matrix) => Math.sqrt(matrix.reduce((sum, x) => sum + x * x, 0));

/** ml-matrix iterates for ever on some matrices that are far from 1. */
const scaled =
  (of: Value): Value =>
  (matrix) => {
    const norm = frobenius64(matrix);
    return norm === 0 ? 0 : norm * of(matrix.map((x) => x / norm));
  };

export const sigma64: Value = scaled((matrix) => new SVD(rowsOf(matrix)).diagonal[0]!);

/** Largest eigenvalue of the symmetric part. */
export const logarithmic64: Value = scaled((matrix) => {
  const rows = rowsOf(matrix);
  return Math.max(...new EVD(rows.clone().add(rows.transpose()).div(2)).realEigenvalues);
});

export const radius64: Value = scaled((matrix) => {
  const { realEigenvalues, imaginaryEigenvalues } = new EVD(rowsOf(matrix));
  return Math.max(...realEigenvalues.map((re, k) => Math.hypot(re, imaginaryEigenvalues[k]!)));
});

/** |J^k|_F^(1/k), k = 2^10. */
export const gelfand64: Value = scaled((matrix) => {
  let power = rowsOf(matrix);
  let log = 0;
  for (let squaring = 0; squaring <= 10; squaring++) {
    if (squaring > 0) power = power.mmul(power);
    const norm = power.norm("frobenius");
    if (norm === 0) return 0;
    power = power.div(norm);
    log = 2 * log + Math.log(norm);
  }
  return Math.exp(log / 2 ** 10);
});

export const square64 =
  (of: Value): Value =>
  (matrix) =>
    of(matrix) ** 2;

/** diag(slopes) weights */
export function jacobian64(weights: ArrayLike<number>, slopes: ArrayLike<number>): Float64Array {
  const n = slopes.length;
  return new Float64Array(n * n).map((_, k) => slopes[Math.floor(k / n)]! * weights[k]!);
}

/** Central differences of f at x, steps relative to the largest entry. */
export function central(f: (x: Float64Array) => number, x: ArrayLike<number>): Float64Array {
  const step = 1e-6 * (Math.max(...Array.from(x, Math.abs)) || 1);
  return Float64Array.from({ length: x.length }, (_, k) => {
    const moved = (by: number) => f(Float64Array.from(x).fill(x[k]! + by, k, k + 1));
    return (moved(step) - moved(-step)) / (2 * step);
  });
}

/** |a - b| / |b| in the Euclidean norm; |a| where b = 0. */
export function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let error = 0;
  let size = 0;
  for (let i = 0; i < b.length; i++) {
    error += (a[i]! - b[i]!) ** 2;
    size += b[i]! ** 2;
  }
  return Math.sqrt(size === 0 ? error : error / size);
}
