import exp from "@stdlib/math-base-special-exp";
import ln from "@stdlib/math-base-special-ln";
import { type Checks, whole } from "@stiffnet/base";
import { centredColumns, type Samples } from "@stiffnet/preparation";
import { checkOptions, requireFinite, UncertaintyError } from "../errors.ts";
import { factorise, gram, inverse, invertedRoot, solve, timesUpper } from "./cholesky.ts";
import { correlation, correlations, negativeLogLikelihood, scaled, squaredDistance } from "./likelihood.ts";
import { minimise } from "./minimise.ts";

export interface GaussianProcessOptions {
  /** Rows that the prediction is conditioned on. Larger tables give evenly spaced rows. Time grows with the
   *  cube of this number, memory with the square. Default 2000. */
  readonly rows?: number;
  /** Rows that the likelihood is maximised on. Default 500, less where there are more than 160 inputs. */
  readonly likelihoodRows?: number;
  /** Evaluations of the likelihood and its gradient. Default 60. */
  readonly evaluations?: number;
}

/** A fitted process as plain data, so that it can be written into a file. With u = (x - centre) / lengths,
 *  and k_i = corr(|u - points_i|), a prediction is mean = means + sum_i k_i weights_i, and its standard
 *  deviation deviations sqrt(1 + noise - |k root|^2). */
export interface GaussianProcess {
  readonly inputs: number;
  readonly outputs: number;
  /** That the prediction is conditioned on, n. */
  readonly rows: number;
  readonly centre: Float64Array;
  /** Length scale of every input, in its unit; the largest number of one that never varied. */
  readonly lengths: Float64Array;
  /** Row-major [n, inputs], in lengths. */
  readonly points: Float64Array;
  /** Row-major [n, outputs], in the outputs' units. */
  readonly weights: Float64Array;
  /** The inverse of L^T, row-major [n, n]. L is Cholesky's factor of the correlations plus noise. The
   *  inverse of the correlations themselves would lose all digits when the noise is small. */
  readonly root: Float64Array;
  readonly means: Float64Array;
  /** s of every output, in its unit. */
  readonly deviations: Float64Array;
  /** Variance of the noise over that of the process. */
  readonly noise: number;
  /** Logarithm of the marginal likelihood of the standardised outputs, over the rows that it was maximised
   *  on. */
  readonly logLikelihood: number;
}

export const processChecks: Checks<GaussianProcessOptions> = {
  rows: whole(2),
  likelihoodRows: whole(2),
  evaluations: whole(1),
};

/** The length of an input that never varied: whatever it is later, it changes nothing. */
const never = Number.MAX_VALUE;

/** Logarithms of the smallest and largest length, in standard deviations, and noise. The rounding errors of
 *  some hundred correlations in float64, 2.2e-16 each, would hide a smaller noise. */
const bounds = { length: [ln(1e-2), ln(1e4)], noise: [ln(1e-13), ln(10)] } as const;

/** Gaussian process regression with Matern's covariance of smoothness 5/2, a length scale for each input,
 *  and noise: with r^2 = sum_d ((x_d - x'_d) / l_d)^2,
 *
 *      cov(y, y') = s^2 ((1 + sqrt(5) r + 5/3 r^2) exp(-sqrt(5) r) + g [same row]),
 *
 *  l and g where the marginal likelihood is largest, s^2 as it follows from them. Inputs and outputs are
 *  standardised. Several outputs share l and g, and have an s^2 each. A function of the samples alone, the
 *  same bits on every machine. A value that is not finite throws (`not_finite`).
 *  @see Rasmussen and Williams, Gaussian Processes for Machine Learning (2006), sections 2.3, 4.2, 5.4 */
export function gaussianProcess(samples: Samples, options: GaussianProcessOptions = {}): GaussianProcess {
  checkOptions("gaussianProcess", options, processChecks);
  const { count } = samples;
  const [inputs, outputs] = [samples.inputs.length / count, samples.outputs.length / count];
  if (count < 2 || !Number.isInteger(inputs) || !Number.isInteger(outputs)) {
    throw new UncertaintyError(
      `gaussianProcess: ${samples.inputs.length} and ${samples.outputs.length} values are not ${count} whole rows, expected at least two`,
      { code: "shape_mismatch" },
    );
  }
  requireFinite("gaussianProcess: input", samples.inputs, inputs);
  requireFinite("gaussianProcess: output", samples.outputs, outputs);
  const affordable = Math.max(100, Math.floor(Math.sqrt(4e7 / inputs)));
  const { rows = 2000, likelihoodRows = Math.min(500, affordable), evaluations = 60 } = options;
  const x = standardised(samples.inputs, count, inputs);
  const y = standardised(samples.outputs, count, outputs);
  const part = (most: number) => ({
    points: spacedRows(x.values, count, most),
    columns: columnsOf(spacedRows(y.values, count, most), outputs),
  });
  const some = part(likelihoodRows);
  // A constant output is told by its mean.
  const varying = some.columns.filter((column) => column.some((value) => value !== 0));
  const likelihood = (theta: Float64Array) => negativeLogLikelihood(theta, some.points, varying);
  const start = new Float64Array(inputs + 1).fill(ln(inputs) / 2 - ln(2));
  start[inputs] = ln(1e-2);
  const box = Array.from(start, (_, i) => (i < inputs ? bounds.length : bounds.noise));
  const theta = minimise(likelihood, start, box, evaluations);
  const kept = part(rows);
  const points = scaled(kept.points, theta);
  const n = points.length / inputs;
  let noise = exp(theta[inputs]!);
  let factor = correlations(points, inputs, noise);
  // Rows that the likelihood has not seen may need more noise to be told apart.
  while (!factorise(factor, n)) {
    noise *= 10;
    factor = correlations(points, inputs, noise);
  }
  const weights = new Float64Array(n * outputs);
  const deviations = Float64Array.from(kept.columns, (column, o) => {
    const weight = column.slice();
    solve(factor, n, weight);
    let square = 0;
    weight.forEach((w, i) => {
      weights[i * outputs + o] = y.scales[o]! * w;
      square += w * column[i]!;
    });
    return y.scales[o]! * Math.sqrt(Math.max(0, square) / n);
  });
  return {
    inputs,
    outputs,
    rows: n,
    noise,
    points,
    weights,
    deviations,
    centre: Float64Array.from(x.means),
    lengths: Float64Array.from(x.scales, (scale, i) => (x.varies[i] ? scale * exp(theta[i]!) : never)),
    root: invertedRoot(factor, n),
    means: Float64Array.from(y.means),
    logLikelihood: -likelihood(theta).value,
  };
}

/** Rows of inputs in lengths from the centre. */
export function inLengths({ inputs, centre, lengths }: GaussianProcess, rows: Float64Array): Float64Array {
  return rows.map((value, i) => (value - centre[i % inputs]!) / lengths[i % inputs]!);
}

/** The outputs at one row, which is given in lengths, and its correlations with the points. */
function meansAt(
  { inputs, outputs, rows: n, points, weights, means: constant }: GaussianProcess,
  at: Float64Array,
  row: number,
): { readonly means: Float64Array; readonly near: Float64Array } {
  const near = new Float64Array(n);
  for (let i = 0; i < n; i++) near[i] = correlation(squaredDistance(at, row, points, i, inputs));
  const means = constant.map((value, o) => {
    let sum = value;
    for (let i = 0; i < n; i++) sum += near[i]! * weights[i * outputs + o]!;
    return sum;
  });
  return { means, near };
}

/** The prediction for one row, which is given in lengths. `means` are the outputs. `white` is k root, where k
 *  are the correlations of the row with the points. `variance` is that of a new observation, relative to the
 *  variance of the process. */
export function knownAt(
  process: GaussianProcess,
  at: Float64Array,
  row: number,
): { readonly means: Float64Array; readonly white: Float64Array; readonly variance: number } {
  const { rows: n, root, noise } = process;
  const { means, near } = meansAt(process, at, row);
  const white = timesUpper(near, root, n);
  const known = white.reduce((sum, value) => sum + value * value, 0);
  return { means, white, variance: Math.max(noise, 1 + noise - known) };
}

/** Mean and standard deviation of a new observation, noise included: row-major [count, inputs] to [count,
 *  outputs], in physical units. */
export function predictGaussian(
  process: GaussianProcess,
  rows: Float64Array,
): { mean: Float64Array; std: Float64Array } {
  const { inputs, outputs, deviations } = process;
  const at = inLengths(process, rows);
  const count = rows.length / inputs;
  const [mean, std] = [new Float64Array(count * outputs), new Float64Array(count * outputs)];
  for (let row = 0; row < count; row++) {
    const { means, variance } = knownAt(process, at, row);
    const share = Math.sqrt(variance);
    mean.set(means, row * outputs);
    for (let o = 0; o < outputs; o++) std[row * outputs + o] = deviations[o]! * share;
  }
  return { mean, std };
}

/** The means of `predictGaussian` alone. A mean takes a time in proportion to the rows that the process is
 *  conditioned on, a deviation in proportion to their square. */
export function gaussianMeans(process: GaussianProcess, rows: Float64Array): Float64Array {
  const { inputs, outputs } = process;
  const at = inLengths(process, rows);
  const count = rows.length / inputs;
  const all = new Float64Array(count * outputs);
  for (let row = 0; row < count; row++) all.set(meansAt(process, at, row).means, row * outputs);
  return all;
}

/** Cross-validation of a process on its own training rows: each is predicted without the rows of its fold.
 *  Returns residuals y - F and standard deviations, row-major [count, outputs], computed from the inverse.
 *  Lengths and noise stay. Rows that the process is not conditioned on are predicted as usual.
 *  folds: the fold of every row.
 *  @see Rasmussen and Williams (2006), section 5.4.2, for folds of several rows */
export function leftOut(
  process: GaussianProcess,
  samples: Samples,
  folds: ArrayLike<number>,
): { residuals: Float64Array; std: Float64Array } {
  const { outputs, weights, root, deviations, rows: n } = process;
  const { count } = samples;
  const plain =
    n < count
      ? predictGaussian(process, samples.inputs)
      : { mean: samples.outputs, std: new Float64Array(samples.outputs.length) };
  const residuals = samples.outputs.map((value, i) => value - plain.mean[i]!);
  const { std } = plain;
  const members = new Map<number, number[]>();
  for (let i = 0; i < n; i++) {
    const fold = folds[rowAt(i, count, n)]!;
    members.set(fold, [...(members.get(fold) ?? []), i]);
  }
  for (const fold of members.values()) {
    const m = fold.length;
    const rows = new Float64Array(m * n);
    fold.forEach((i, k) => {
      rows.set(root.subarray(i * n, (i + 1) * n), k * n);
    });
    const block = gram(rows, n, fold);
    // Rounding alone makes it singular.
    if (!factorise(block, m)) continue;
    const covariance = inverse(block, m);
    for (let o = 0; o < outputs; o++) {
      const residual = Float64Array.from(fold, (i) => weights[i * outputs + o]!);
      solve(block, m, residual);
      fold.forEach((i, k) => {
        const at = rowAt(i, count, n) * outputs + o;
        residuals[at] = residual[k]!;
        std[at] = deviations[o]! * Math.sqrt(Math.max(process.noise, covariance[k * m + k]!));
      });
    }
  }
  return { residuals, std };
}

/** The i-th of n rows that are evenly spaced among `count`. */
const rowAt = (i: number, count: number, n: number): number => Math.floor((i * count) / n);

/** Columns less their mean, over their standard deviation (1 for a constant one), row-major. */
function standardised(rows: Float64Array, count: number, width: number) {
  const { columns, means, scales } = centredColumns(rows, count, width);
  const deviations = columns.map((column) => {
    const squares = column.reduce((sum, value) => sum + value * value, 0);
    return squares > 0 ? Math.sqrt(squares / count) : 1;
  });
  const varies = columns.map((column) => column.some((value) => value !== 0));
  const values = rows.map((_, i) => columns[i % width]![Math.floor(i / width)]! / deviations[i % width]!);
  return { values, varies, means, scales: deviations.map((deviation, c) => deviation * scales[c]!) };
}

/** At most so many of the rows. */
function spacedRows(rows: Float64Array, count: number, most: number): Float64Array {
  const width = rows.length / count;
  const n = Math.min(count, most);
  const taken = new Float64Array(n * width);
  for (let i = 0; i < n; i++) {
    const row = rowAt(i, count, n);
    taken.set(rows.subarray(row * width, (row + 1) * width), i * width);
  }
  return taken;
}

function columnsOf(rows: Float64Array, width: number): Float64Array[] {
  return Array.from({ length: width }, (_, c) => rows.filter((_, i) => i % width === c));
}
