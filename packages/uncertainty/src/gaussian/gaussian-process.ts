import exp from "@stdlib/math-base-special-exp";
import ln from "@stdlib/math-base-special-ln";
import { whole } from "@stiffnet/base";
import { centredColumns, type Samples } from "@stiffnet/preparation";
import { checkOptions, UncertaintyError } from "../errors.ts";
import { factorise, solve } from "./cholesky.ts";
import { correlation, correlations, negativeLogLikelihood, scaled, squaredDistance } from "./likelihood.ts";
import { minimise } from "./minimise.ts";

export interface GaussianProcessOptions {
  /** Rows that the prediction is conditioned on, evenly spaced where there are more: the time goes with the
   *  cube, the memory with the square. Default 2000. */
  readonly rows?: number;
  /** Rows that the likelihood is maximised on. Default 500, less where there are more than 160 inputs. */
  readonly likelihoodRows?: number;
  /** Of the likelihood and its gradient. Default 60. */
  readonly evaluations?: number;
}

export interface GaussianProcess {
  readonly inputs: number;
  readonly outputs: number;
  /** That the prediction is conditioned on. */
  readonly rows: number;
  /** Length scale of every input, in its unit. */
  readonly lengths: Float64Array;
  /** Variance of the noise over that of the process. */
  readonly noise: number;
  /** Logarithm of the marginal likelihood of the standardised outputs, over the rows that it was maximised
   *  on. */
  readonly logLikelihood: number;
  /** The mean: row-major [count, inputs] to [count, outputs], in physical units. */
  predict(rows: Float64Array): Float64Array;
}

/** Logarithms of the smallest and largest length, in standard deviations, and noise. */
const bounds = { length: [ln(1e-2), ln(1e4)], noise: [ln(1e-9), ln(10)] } as const;

/** Gaussian process regression with Matern's covariance of smoothness 5/2, a length scale for each input,
 *  and noise: with r^2 = sum_d ((x_d - x'_d) / l_d)^2,
 *
 *      cov(y, y') = s^2 ((1 + sqrt(5) r + 5/3 r^2) exp(-sqrt(5) r) + g [same row]),
 *
 *  l and g where the marginal likelihood is largest, s^2 as it follows from them. Inputs and outputs are
 *  standardised. Several outputs share l and g, and have an s^2 each. A function of the samples alone, the
 *  same bits on every machine.
 *  @see Rasmussen and Williams, Gaussian Processes for Machine Learning (2006), sections 2.3, 4.2, 5.4 */
export function gaussianProcess(samples: Samples, options: GaussianProcessOptions = {}): GaussianProcess {
  const checks = { rows: whole(2), likelihoodRows: whole(2), evaluations: whole(1) };
  checkOptions("gaussianProcess", options, checks);
  const { count } = samples;
  const [inputs, outputs] = [samples.inputs.length / count, samples.outputs.length / count];
  if (count < 2 || !Number.isInteger(inputs) || !Number.isInteger(outputs)) {
    throw new UncertaintyError(
      `gaussianProcess: ${samples.inputs.length} and ${samples.outputs.length} values are not ${count} whole rows, expected at least two`,
      { code: "shape_mismatch" },
    );
  }
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
  const theta = minimise(likelihood, start, box, { evaluations });
  const kept = part(rows);
  const noise = exp(theta[inputs]!);
  const points = scaled(kept.points, theta);
  const n = points.length / inputs;
  let factor = correlations(points, inputs, noise);
  // Rows that the likelihood has not seen may need more noise to be told apart.
  for (let more = 10 * noise; !factorise(factor, n); more *= 10) factor = correlations(points, inputs, more);
  for (const column of kept.columns) solve(factor, n, column);
  return {
    ...{ inputs, outputs, rows: n, noise },
    lengths: Float64Array.from(x.scales, (scale, i) => scale * exp(theta[i]!)),
    logLikelihood: -likelihood(theta).value,
    predict(fresh) {
      const standard = fresh.map((value, i) => (value - x.means[i % inputs]!) / x.scales[i % inputs]!);
      const at = scaled(standard, theta);
      const predicted = new Float64Array((fresh.length / inputs) * outputs);
      for (let row = 0; row < fresh.length / inputs; row++) {
        const sums = new Float64Array(outputs);
        for (let i = 0; i < n; i++) {
          const near = correlation(squaredDistance(at, row, points, i, inputs));
          for (let o = 0; o < outputs; o++) sums[o]! += near * kept.columns[o]![i]!;
        }
        for (let o = 0; o < outputs; o++)
          predicted[row * outputs + o] = y.means[o]! + y.scales[o]! * sums[o]!;
      }
      return predicted;
    },
  };
}

/** Columns less their mean, over their standard deviation (1 for a constant one), row-major. */
function standardised(rows: Float64Array, count: number, width: number) {
  const { columns, means, scales } = centredColumns(rows, count, width);
  const deviations = columns.map((column) => {
    const squares = column.reduce((sum, value) => sum + value * value, 0);
    return squares > 0 ? Math.sqrt(squares / count) : 1;
  });
  const values = rows.map((_, i) => columns[i % width]![Math.floor(i / width)]! / deviations[i % width]!);
  return { values, means, scales: deviations.map((deviation, c) => deviation * scales[c]!) };
}

/** At most so many of the rows. */
function spacedRows(rows: Float64Array, count: number, most: number): Float64Array {
  const width = rows.length / count;
  const n = Math.min(count, most);
  const taken = new Float64Array(n * width);
  for (let i = 0; i < n; i++) {
    const row = Math.floor((i * count) / n);
    taken.set(rows.subarray(row * width, (row + 1) * width), i * width);
  }
  return taken;
}

function columnsOf(rows: Float64Array, width: number): Float64Array[] {
  return Array.from({ length: width }, (_, c) => rows.filter((_, i) => i % width === c));
}
