import { centredColumns, type Samples } from "@stiffnet/preparation";
import { TableError } from "./errors.ts";
import { leastSquares } from "./least-squares.ts";

/** outputs = intercept + coefficients^T inputs, in physical units. */
export interface LinearFit {
  readonly inputs: number;
  readonly outputs: number;
  /** [inputs, outputs], row-major. */
  readonly coefficients: Float64Array;
  readonly intercept: Float64Array;
  /** Independent directions among the inputs; less than `inputs` where some are constant or depend on
   *  others. */
  readonly rank: number;
  /** Row-major [count, inputs] to [count, outputs]. */
  predict(rows: Float64Array): Float64Array;
  /** Per output 1 - sum (y - prediction)^2 / sum (y - mean y)^2 on the given samples; NaN where y is
   *  constant. */
  r2(samples: Samples): number[];
}

/** Least squares with an intercept, by Householder QR with column pivoting on centred and scaled inputs.
 *  Directions below 1e-10 of the largest count as dependent and get coefficient 0, so constant and duplicate
 *  inputs and fewer rows than inputs are all fine. */
export function linearFit(samples: Samples): LinearFit {
  const { count } = samples;
  const inputs = samples.inputs.length / count;
  const outputs = samples.outputs.length / count;
  if (count < 1 || !Number.isInteger(inputs) || !Number.isInteger(outputs)) {
    throw new TableError(
      `linearFit: ${samples.inputs.length} and ${samples.outputs.length} values are not ${count} whole rows`,
      { code: "shape_mismatch" },
    );
  }
  const x = centredColumns(samples.inputs, count, inputs);
  const y = centredColumns(samples.outputs, count, outputs);
  const { solution, rank } = leastSquares(x.columns, y.columns);
  const coefficients = new Float64Array(inputs * outputs);
  const intercept = new Float64Array(outputs);
  for (let o = 0; o < outputs; o++) {
    let offset = y.means[o]!;
    for (let i = 0; i < inputs; i++) {
      const slope = (solution[o]![i]! * y.scales[o]!) / x.scales[i]!;
      coefficients[i * outputs + o] = slope;
      offset -= slope * x.means[i]!;
    }
    intercept[o] = offset;
  }
  const predict = (rows: Float64Array): Float64Array => {
    const rowCount = rows.length / inputs;
    const predicted = new Float64Array(rowCount * outputs);
    for (let r = 0; r < rowCount; r++) {
      for (let o = 0; o < outputs; o++) {
        let sum = intercept[o]!;
        for (let i = 0; i < inputs; i++) sum += coefficients[i * outputs + o]! * rows[r * inputs + i]!;
        predicted[r * outputs + o] = sum;
      }
    }
    return predicted;
  };
  return {
    inputs,
    outputs,
    coefficients,
    intercept,
    rank,
    predict,
    r2: (set) => r2(set.outputs, predict(set.inputs), outputs),
  };
}

/** Coefficient of determination of predictions, per output: row-major [count, outputs] both. NaN where the
 *  truth is constant. */
export function r2(truth: Float64Array, prediction: Float64Array, outputs: number): number[] {
  const count = truth.length / outputs;
  // Scaled, so that values of 1e-200 do not vanish when squared.
  const truths = centredColumns(truth, count, outputs);
  return Array.from({ length: outputs }, (_, o) => {
    const scale = truths.scales[o]!;
    let residual = 0;
    let total = 0;
    for (let r = 0; r < count; r++) {
      residual += ((truth[r * outputs + o]! - prediction[r * outputs + o]!) / scale) ** 2;
      total += truths.columns[o]![r]! ** 2;
    }
    return total === 0 ? Number.NaN : 1 - residual / total;
  });
}
