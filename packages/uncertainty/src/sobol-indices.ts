import { anyNumber, randomStream, samplingStream, seed as seedCheck, shuffle, whole } from "@stiffnet/base";
import { type Axis, sobol, toAxes } from "@stiffnet/datasets";
import { checkOptions, UncertaintyError } from "./errors.ts";

/** A model on row-major inputs [count, inputs]; returns row-major outputs [count, outputs]. */
export type Evaluate = (rows: Float64Array, count: number) => Float64Array | Promise<Float64Array>;

export interface SobolIndicesOptions {
  /** N, a power of two; the model is evaluated N (inputs + 2) times. Default 8192. */
  readonly samples?: number;
  /** Of the sequence's scramble and of the resampling. Default 1. */
  readonly seed?: number;
  /** Of the intervals. Default 0.95. */
  readonly confidence?: number;
}

/** An index with the percentile interval of its bootstrap. */
export interface Index {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface SobolOutput {
  readonly name: string;
  readonly mean: number;
  readonly variance: number;
  /** One for each input; empty for an output that does not vary over the box. */
  readonly first: readonly Index[];
  readonly total: readonly Index[];
}

export interface SobolAnalysis {
  readonly inputs: readonly string[];
  readonly samples: number;
  readonly evaluations: number;
  readonly confidence: number;
  readonly outputs: readonly SobolOutput[];
}

const resamples = 500;
/** Rows are resampled in so many random groups: the indices depend on sums over rows alone. */
const mostGroups = 256;

/** Sobol's indices of first and total order for independent inputs. Saltelli's scheme takes one scrambled
 *  Sobol sequence with two columns for each input. Its halves are A and B. A_i is A with column i of B:
 *
 *      S_i = mean( f(B) (f(A_i) - f(A)) ) / V     (Saltelli et al. 2010; f has mean 0 here)
 *      T_i = mean( (f(A) - f(A_i))^2 ) / (2 V)    (Jansen 1999)
 *
 *  V is the variance of f over A and B. S_i is the share of the variance that vanishes when input i is known.
 *  T_i is the share that remains when all other inputs are known. Sampling errors may push an estimate
 *  outside [0, 1].
 *
 *  A value of the model that is not finite throws an error with the inputs that gave it.
 *  @see Saltelli, Annoni, Azzini, Campolongo, Ratto and Tarantola (2010), Computer Physics Communications
 *  181 */
export async function sobolIndices(
  evaluate: Evaluate,
  axes: readonly Axis[],
  outputNames: readonly string[],
  options: SobolIndicesOptions = {},
): Promise<SobolAnalysis> {
  checkOptions("sobolIndices", options, { samples: anyNumber, seed: seedCheck, confidence: anyNumber });
  const { samples = 8192, seed = 1, confidence = 0.95 } = options;
  const dimension = axes.length;
  if (whole(2).fault("samples", samples) !== undefined || Math.log2(samples) % 1 !== 0) {
    throw new UncertaintyError(`sobolIndices: samples is ${samples}, expected a power of two`, {
      code: "bad_samples",
    });
  }
  if (dimension < 1) {
    throw new UncertaintyError("sobolIndices: no input varies, expected at least one", { code: "no_inputs" });
  }
  if (!(confidence > 0 && confidence < 1)) {
    throw new UncertaintyError(`sobolIndices: confidence is ${confidence}, expected above 0 and below 1`, {
      code: "bad_level",
    });
  }
  const points = sobol().points(samples, 2 * dimension, samplingStream(seed, "scramble"));
  const half = (from: number): Float64Array =>
    toAxes(
      Float64Array.from({ length: samples * dimension }, (_, k) => {
        const [row, column] = [Math.floor(k / dimension), k % dimension];
        return points[row * 2 * dimension + from + column]!;
      }),
      axes,
    );
  const [a, b] = [half(0), half(dimension)];
  const at = async (rows: Float64Array): Promise<Float64Array> =>
    requireValues(await evaluate(rows, samples), rows, axes, outputNames, samples);
  const [fa, fb] = [await at(a), await at(b)];
  const mixed: Float64Array[] = [];
  for (let i = 0; i < dimension; i++) {
    const rows = a.slice();
    for (let row = i; row < rows.length; row += dimension) rows[row] = b[row]!;
    mixed.push(await at(rows));
  }
  const groups = Math.min(mostGroups, samples);
  const groupOf = grouping(samples, groups, seed);
  const draws = resampled(groups, seed);
  const all = Uint32Array.from({ length: groups }, (_, g) => g);
  const columns = outputNames.length;
  const outputs = outputNames.map((name, column): SobolOutput => {
    let mean = 0;
    for (let k = column; k < fa.length; k += columns) mean += (fa[k]! + fb[k]!) / (2 * samples);
    // Sums over the rows of a group, of the model less its mean.
    const summed = (term: (k: number) => number): Float64Array => {
      const sums = new Float64Array(groups);
      for (let row = 0; row < samples; row++) sums[groupOf[row]!]! += term(row * columns + column);
      return sums;
    };
    const sum = summed((k) => fa[k]! + fb[k]! - 2 * mean);
    const square = summed((k) => (fa[k]! - mean) ** 2 + (fb[k]! - mean) ** 2);
    const varianceOf = (order: ArrayLike<number>): number =>
      total(square, order) / (2 * samples) - (total(sum, order) / (2 * samples)) ** 2;
    const variance = varianceOf(all);
    const constant = !(variance > 1e-24 * mean * mean);
    if (constant) return { name, mean, variance: 0, first: [], total: [] };
    const variances = draws.map(varianceOf);
    const indexOf = (sums: Float64Array): Index => {
      const drawn = draws
        .map((order, r) => total(sums, order) / samples / variances[r]!)
        .sort((x, y) => x - y);
      const tail = (1 - confidence) / 2;
      const quantile = (q: number): number => drawn[Math.round(q * (drawn.length - 1))]!;
      return { value: total(sums, all) / samples / variance, low: quantile(tail), high: quantile(1 - tail) };
    };
    return {
      name,
      mean,
      variance,
      first: mixed.map((fi) => indexOf(summed((k) => (fb[k]! - mean) * (fi[k]! - fa[k]!)))),
      total: mixed.map((fi) => indexOf(summed((k) => (fa[k]! - fi[k]!) ** 2 / 2))),
    };
  });
  const inputs = axes.map((axis) => axis.name);
  return { inputs, samples, evaluations: samples * (dimension + 2), confidence, outputs };
}

/** The group of every row, groups of equal size at random. */
function grouping(samples: number, groups: number, seed: number): Uint32Array {
  return shuffle(new Uint32Array(samples), randomStream(seed, 1)).map((place) => place % groups);
}

/** Groups drawn with replacement, the same for every index. */
function resampled(groups: number, seed: number): readonly Uint32Array[] {
  const random = randomStream(seed, 2);
  return Array.from({ length: resamples }, () =>
    Uint32Array.from({ length: groups }, () => Math.floor(random.uniform() * groups)),
  );
}

function total(sums: Float64Array, order: ArrayLike<number>): number {
  let all = 0;
  for (let g = 0; g < order.length; g++) all += sums[order[g]!]!;
  return all;
}

function requireValues(
  values: Float64Array,
  rows: Float64Array,
  axes: readonly Axis[],
  outputNames: readonly string[],
  samples: number,
): Float64Array {
  if (values.length !== samples * outputNames.length) {
    throw new UncertaintyError(
      `sobolIndices: the model returned ${values.length} values, expected ${samples} rows of ${outputNames.length}`,
      { code: "shape_mismatch" },
    );
  }
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong < 0) return values;
  const row = Math.floor(wrong / outputNames.length);
  const inputs = axes.map((axis, i) => `${axis.name} = ${rows[row * axes.length + i]}`).join(", ");
  throw new UncertaintyError(
    `sobolIndices: the model gives ${values[wrong]} for '${outputNames[wrong % outputNames.length]}' at ${inputs}, expected a finite number`,
    { code: "not_finite" },
  );
}
