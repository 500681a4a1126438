import { largestChunk } from "@stiffnet/base";
import { type Penalty, type PenaltyChunk, stateWidth } from "@stiffnet/core";
import { createKernels, padded } from "@stiffnet/kernels";
import type { Scalar, Tensor } from "@tensorflow/tfjs";
import type { TensorFlow } from "../tensorflow.ts";
import type { PenaltyBatch, PenaltyOperation, PenaltySpace } from "./operation.ts";

/** A penalty of the kernels' engine (`l2Penalty`, `stiffnessPenalty`, your own `Penalty`) as one operation of
 *  TensorFlow.js, in kernels of its own. It copies parameters, weights and slopes into the kernels' memory,
 *  and the gradient back. */
export function wasmOperation(
  tf: TensorFlow,
  penalty: Penalty,
  { config, layout, capacity: most, rows }: PenaltySpace,
): PenaltyOperation {
  const { depth } = config;
  const width = stateWidth(config);
  const kernels = createKernels();
  const { arena } = kernels;
  const capacity = Math.min(most, largestChunk);
  const parameters = arena.float32(layout.size);
  const gradient = arena.float32(layout.size);
  const weights = arena.float32(depth * width * width);
  const gradWeights = arena.float32(weights.length);
  const slopes = arena.float32(depth * width * padded(capacity));
  const gradSlopes = arena.float32(slopes.length);
  const evaluator = penalty.bind({ config, layout, kernels, capacity, rows });
  const values = new Float32Array(capacity);

  /** Sums of p and p^2 over the batch, and the gradient of 1/2 sum_i p_i^2 by the slopes. `all`, the slopes,
   *  and this gradient are [N, B, D]. The gradients by weights and parameters stay in the kernels' memory. */
  const evaluate = (batch: PenaltyBatch, all: Float32Array) => {
    const count = batch.indices.length;
    const turned = new Float32Array(all.length);
    const sums = { sum: 0, squares: 0 };
    parameters.array.set(batch.values());
    weights.array.set(batch.weights.dataSync<"float32">());
    gradient.array.fill(0);
    gradWeights.array.fill(0);
    for (let from = 0; from < count; from += capacity) {
      const indices = batch.indices.slice(from, from + capacity);
      const stride = padded(indices.length);
      const used = depth * width * stride;
      const jacobians = {
        depth,
        width,
        batch: indices.length,
        stride,
        weights: weights.array,
        slopes: slopes.array.subarray(0, used),
      };
      const chunk = { parameters: parameters.array, jacobians, indices };
      const ofSlopes = gradSlopes.array.subarray(0, used).fill(0);
      slopes.array.fill(0);
      turn(jacobians, count, from, (feature, sample) => {
        jacobians.slopes[feature] = all[sample]!;
      });
      evaluator.evaluate(chunk, values);
      for (const p of values.subarray(0, indices.length)) {
        sums.sum += p;
        sums.squares += p * p;
      }
      // d(p^2 / 2) = p dp
      evaluator.pullbackSlopes(chunk, values, ofSlopes);
      evaluator.pullbackWeights({ parameters: gradient.array, weights: gradWeights.array });
      turn(jacobians, count, from, (feature, sample) => {
        turned[sample] = ofSlopes[feature]!;
      });
    }
    return { ...sums, gradSlopes: turned };
  };
  return {
    kept: evaluator,
    sums(batch) {
      let sum = 0;
      const operation = tf.customGrad((given) => {
        const slopes = given as Tensor;
        const found = evaluate(batch, slopes.dataSync() as Float32Array);
        sum = found.sum;
        return {
          value: tf.scalar(found.squares),
          gradFunc: (dy: Tensor) => {
            const twice = tf.mul(dy, 2);
            const ofParameters = layout.slots.map(({ offset, size, shape }) =>
              tf.tensor(gradient.array.slice(offset, offset + size), [...shape]),
            );
            const ofSlopes = tf.tensor(found.gradSlopes, slopes.shape);
            const ofWeights = tf.tensor(gradWeights.array.slice(), batch.weights.shape);
            return [ofSlopes, ofWeights, ...ofParameters].map((part) => tf.mul(part, twice));
          },
        };
      });
      const squares = operation(batch.slopes, batch.weights, ...batch.parameters) as Scalar;
      return { sum: tf.scalar(sum), squares };
    },
  };
}

/** Places of each number in [N, D, stride] (of a chunk) and in [N, count, D] (of the whole batch). */
function turn(
  { depth, width, batch, stride }: PenaltyChunk["jacobians"],
  count: number,
  from: number,
  move: (feature: number, sample: number) => void,
): void {
  for (let n = 0; n < depth; n++) {
    for (let i = 0; i < batch; i++) {
      for (let d = 0; d < width; d++) move((n * width + d) * stride + i, (n * count + from + i) * width + d);
    }
  }
}
