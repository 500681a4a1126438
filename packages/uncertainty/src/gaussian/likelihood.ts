import exp from "@stdlib/math-base-special-exp";
import ln from "@stdlib/math-base-special-ln";
import { factorise, inverse, solve } from "./cholesky.ts";

// Parameters theta are the logarithms of the length of every input and, the last, of the noise.

const root5 = Math.sqrt(5);

/** Rows over the lengths. */
export function scaled(rows: Float64Array, theta: Float64Array): Float64Array {
  const inputs = theta.length - 1;
  const lengths = theta.map((value) => exp(value));
  return rows.map((value, i) => value / lengths[i % inputs]!);
}

/** Matern's correlation of smoothness 5/2 at a squared distance. */
export function correlation(squared: number): number {
  const r = root5 * Math.sqrt(squared);
  return (1 + r + (5 / 3) * squared) * exp(-r);
}

export function squaredDistance(
  a: Float64Array,
  i: number,
  b: Float64Array,
  j: number,
  inputs: number,
): number {
  const [from, to] = [i * inputs, j * inputs];
  let squared = 0;
  for (let d = 0; d < inputs; d++) {
    const difference = a[from + d]! - b[to + d]!;
    squared += difference * difference;
  }
  return squared;
}

/** Correlations of scaled rows with each other and the noise on the diagonal: the lower half, row-major. */
export function correlations(points: Float64Array, inputs: number, noise: number): Float64Array {
  const n = points.length / inputs;
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      matrix[i * n + j] = correlation(squaredDistance(points, i, points, j, inputs));
    }
    matrix[i * n + i] = 1 + noise;
  }
  return matrix;
}

/** Minus the logarithm of the marginal likelihood and its gradient, summed over the outputs. Each output has
 *  the variance s^2 that suits it best. rows: row-major [n, inputs]; outputs: one column each. Infinite where
 *  the covariance is not positive definite. */
export function negativeLogLikelihood(
  theta: Float64Array,
  rows: Float64Array,
  outputs: readonly Float64Array[],
): { value: number; gradient: Float64Array } {
  const inputs = theta.length - 1;
  const n = rows.length / inputs;
  const noise = exp(theta[inputs]!);
  const points = scaled(rows, theta);
  const gradient = new Float64Array(theta.length);
  const factor = correlations(points, inputs, noise);
  if (!factorise(factor, n)) return { value: Number.POSITIVE_INFINITY, gradient };
  let value = 0;
  for (let i = 0; i < n; i++) value += outputs.length * ln(factor[i * n + i]!);
  const weights = outputs.map((output) => {
    const weight = output.slice();
    solve(factor, n, weight);
    let square = 0;
    for (let i = 0; i < n; i++) square += output[i]! * weight[i]!;
    const variance = square / n;
    value += (n / 2) * (ln(2 * Math.PI * variance) + 1);
    const deviation = Math.sqrt(variance);
    return weight.map((w) => w / deviation);
  });
  const inverted = inverse(factor, n);
  const slopeAt = (i: number, j: number): number => {
    let slope = outputs.length * inverted[i * n + j]!;
    for (const weight of weights) slope -= weight[i]! * weight[j]!;
    return slope;
  };
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const r = root5 * Math.sqrt(squaredDistance(points, i, points, j, inputs));
      const common = slopeAt(i, j) * (5 / 3) * (1 + r) * exp(-r);
      for (let d = 0; d < inputs; d++) {
        const difference = points[i * inputs + d]! - points[j * inputs + d]!;
        gradient[d]! += common * difference * difference;
      }
    }
    gradient[inputs]! += (noise / 2) * slopeAt(i, i);
  }
  return { value, gradient };
}
