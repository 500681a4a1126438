import { randomStream } from "@stiffnet/base";
import { predict64, resnet } from "@stiffnet/core";
import { mean } from "@stiffnet/report";
import { eigenvaluesOf, singularValuesOf } from "@stiffnet/stiffness";
import { penaltyWeight, type StepModel, type StepProblem } from "./problem.ts";

/** Number and length of the random directions. Each takes two losses. */
const directions = 3;
const length = 3e-5;

/** Arithmetic operations of one block and sample in the reference, for a state of D unknowns. */
const operations = (model: StepModel, D: number): number => {
  if (!radii[model]) return 14 * D ** 2;
  return (model === "RES stiff (gelfand)" ? 140 : 70) * D ** 3;
};
/** Some seconds of them. */
const mostOperations = 6e9;

/** Whether a float64 reference of a whole batch takes some seconds at most. */
export function hasReference({ config, batch }: StepProblem, model: StepModel): boolean {
  return batch * config.depth * operations(model, config.width) <= mostOperations;
}

/** The loss of the first batch by the network that core has in float64:
 *
 *      L = sqrt( 1/B sum_i ( |F(x_i) - y_i|^2 + lambda p_i^2 ) ),
 *
 *  p: 0 (RES), the mean Euclidean norm over tensors (RES L2), or the mean over layers of the exact proxy of
 *  diag(s'(z)) W, or of Gelfand's formula. */
export function loss64(
  problem: StepProblem,
  model: StepModel,
  parameters: Float32Array = problem.parameters,
): number {
  const { config, layout, batch, inputs, outputs } = problem;
  const radiusOf = radii[model];
  const sums = new Float64Array(batch);
  const y = predict64(
    { ...resnet(config), parameters },
    Float64Array.from(inputs.subarray(0, batch * config.inputs)),
    radiusOf &&
      ((jacobian, row) => {
        sums[row]! += radiusOf(jacobian);
      }),
  );
  const p =
    model === "RES L2"
      ? mean(layout.slots.map(({ offset, size }) => norm(parameters.subarray(offset, offset + size))))
      : 0;
  const errors = y.reduce((sum, value, k) => sum + (value - outputs[k]!) ** 2, 0);
  const penalties = sums.reduce((sum, radius) => sum + (radius / config.depth + p) ** 2, 0);
  return Math.sqrt((errors + penaltyWeight(model) * penalties) / batch);
}

const moduliOf = (jacobian: Float64Array): Float64Array => {
  const { re, im } = eigenvaluesOf(jacobian);
  return re.map((x, k) => Math.hypot(x, im[k]!));
};

const radii: Readonly<Record<StepModel, (jacobian: Float64Array) => number>> = {
  "RES stiff": (jacobian) => moduliOf(jacobian)[0]!,
  "RES stiff (gelfand)": gelfandRadius,
  "RES singular": (jacobian) => singularValuesOf(jacobian)[0]!,
  "RES frobenius": norm,
  "RES lognorm"(jacobian) {
    const D = Math.sqrt(jacobian.length);
    const part = jacobian.map((x, k) => (x + jacobian[(k % D) * D + Math.floor(k / D)]!) / 2);
    return Math.max(...eigenvaluesOf(part).re);
  },
  "RES eigen ratio": (jacobian) => Math.log(moduliOf(jacobian)[0]! / moduliOf(jacobian).at(-1)!),
  "RES singular ratio"(jacobian) {
    const found = singularValuesOf(jacobian);
    return Math.log(found[0]! / found.at(-1)!);
  },
};

/** Gelfand's estimate |J^k|^(1/k), k = 2^10, of the spectral radius: ten squarings, rescaled each time; J = 0
 *  gives 0. @see slides, "Gelfand's formula" */
export function gelfandRadius(jacobian: Float64Array): number {
  const D = Math.sqrt(jacobian.length);
  let power = jacobian;
  let logNorm = 0;
  for (let squarings = 0; ; squarings++) {
    const scale = norm(power);
    if (scale === 0) return 0;
    logNorm = 2 * logNorm + Math.log(scale);
    if (squarings === 10) return Math.exp(logNorm / 2 ** squarings);
    const scaled = power.map((x) => x / scale);
    power = new Float64Array(D * D);
    for (let r = 0; r < D; r++) {
      for (let k = 0; k < D; k++) {
        const a = scaled[r * D + k]!;
        for (let c = 0; c < D; c++) power[r * D + c]! += a * scaled[k * D + c]!;
      }
    }
  }
}

/** Differences of the loss along fixed random directions. Parameters are rounded to float32 first, so that a
 *  direction is exactly the difference of two parameter vectors. */
export function lossDifferences(problem: StepProblem, model: StepModel): Float64Array {
  return Float64Array.from(
    pairsOf(problem.parameters),
    ([ahead, behind]) => loss64(problem, model, ahead) - loss64(problem, model, behind),
  );
}

function pairsOf(parameters: Float32Array): [Float32Array, Float32Array][] {
  const random = randomStream(1, 0);
  const step = length / Math.sqrt(parameters.length);
  return Array.from({ length: directions }, () => {
    const signs = parameters.map(() => (random.below(2) === 0 ? -step : step));
    return [parameters.map((x, i) => x + signs[i]!), parameters.map((x, i) => x - signs[i]!)];
  });
}

/** |g - g64| / |g|, as the differences of the loss tell it: along a random direction v the square of (g -
 *  g64) v is in the mean |g - g64|^2 |v|^2 / P, P the number of parameters. */
export function gradientError(
  gradient: Float32Array,
  parameters: Float32Array,
  differences: Float64Array,
): number {
  const squares = pairsOf(parameters).map(([ahead, behind], k) => {
    const direction = Float64Array.from(ahead, (x, i) => x - behind[i]!);
    const along = direction.reduce((sum, d, i) => sum + d * gradient[i]!, 0);
    return ((along - differences[k]!) / norm(direction)) ** 2;
  });
  return Math.sqrt(parameters.length * mean(squares)) / norm(gradient);
}

function norm(values: Float32Array | Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}
