import { largestChunk } from "@stiffnet/base";
import {
  type Layout,
  type Penalty,
  type PenaltyChunk,
  type PenaltyEvaluator,
  type PenaltyGradient,
  stateWidth,
} from "@stiffnet/core";
import { createKernels, padded } from "@stiffnet/kernels";
import type { Scalar, Tensor } from "@tensorflow/tfjs";
import type { TensorFlow } from "../tensorflow.ts";
import type { PenaltyBatch, PenaltyOperation, PenaltySpace } from "./operation.ts";

/** A penalty of the kernels' engine (`l2Penalty`, `stiffnessPenalty`, your own `Penalty`) as one operation of
 *  TensorFlow.js. It copies parameters, weights and slopes into the kernels' memory, and the gradient
 *  back. */
export function wasmOperation(tf: TensorFlow, penalty: Penalty, space: PenaltySpace): PenaltyOperation {
  const inside = createInside(penalty, space);
  return {
    kept: inside.evaluator,
    sums(batch) {
      let sum = 0;
      const operation = tf.customGrad((given) => {
        const slopes = given as Tensor;
        const found = inside.evaluate(batch, slopes.dataSync() as Float32Array);
        sum = found.sum;
        return {
          value: tf.scalar(found.squares),
          gradFunc: (dy: Tensor) => {
            const twice = tf.mul(dy, 2);
            const slots = slotsOf(tf, space.layout, inside.gradient.parameters());
            const ofSlopes = tf.tensor(found.gradSlopes, slopes.shape);
            const ofWeights = tf.tensor(inside.gradient.weights(), batch.weights.shape);
            return [ofSlopes, ofWeights, ...slots].map((part) => tf.mul(part, twice));
          },
        };
      });
      const squares = operation(batch.slopes, batch.weights, ...batch.parameters) as Scalar;
      return { sum: tf.scalar(sum), squares };
    },
  };
}

function slotsOf(tf: TensorFlow, { slots }: Layout, flat: Float32Array): Tensor[] {
  return slots.map(({ offset, size, shape }) => tf.tensor(flat.slice(offset, offset + size), [...shape]));
}

interface Inside {
  readonly evaluator: PenaltyEvaluator;
  /** Sums of p and p^2 over the batch, and the gradient of 1/2 sum_i p_i^2 by the slopes. `slopes` and
   *  gradient are [N, B, D]. */
  evaluate(
    batch: PenaltyBatch,
    slopes: Float32Array,
  ): { readonly sum: number; readonly squares: number; readonly gradSlopes: Float32Array };
  /** The same with respect to the weights, [N, D, D], and to what the penalty has of the parameters by
   *  itself, flat: copies. */
  readonly gradient: { weights(): Float32Array; parameters(): Float32Array };
}

/** The penalty in kernels of its own. */
function createInside(penalty: Penalty, { config, layout, capacity: most, rows }: PenaltySpace): Inside {
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

  const chunkOf = (
    indices: Uint32Array,
  ): { chunk: PenaltyChunk; added: PenaltyGradient & { slopes: Float32Array } } => {
    const batch = indices.length;
    const stride = padded(batch);
    const used = depth * width * stride;
    const jacobians = {
      depth,
      width,
      batch,
      stride,
      weights: weights.array,
      slopes: slopes.array.subarray(0, used),
    };
    return {
      chunk: { parameters: parameters.array, jacobians, indices },
      added: {
        parameters: gradient.array,
        weights: gradWeights.array,
        slopes: gradSlopes.array.subarray(0, used),
      },
    };
  };

  return {
    evaluator,
    gradient: { weights: () => gradWeights.array.slice(), parameters: () => gradient.array.slice() },
    evaluate(batch, all) {
      const count = batch.indices.length;
      const turned = new Float32Array(all.length);
      const sums = { sum: 0, squares: 0 };
      parameters.array.set(batch.values());
      weights.array.set(batch.weights.dataSync<"float32">());
      gradient.array.fill(0);
      gradWeights.array.fill(0);
      for (let from = 0; from < count; from += capacity) {
        const { chunk, added } = chunkOf(batch.indices.slice(from, from + capacity));
        const { jacobians } = chunk;
        slopes.array.fill(0);
        added.slopes.fill(0);
        turn(jacobians, count, from, (feature, sample) => {
          jacobians.slopes[feature] = all[sample]!;
        });
        evaluator.evaluate(chunk, values);
        for (const p of values.subarray(0, jacobians.batch)) {
          sums.sum += p;
          sums.squares += p * p;
        }
        // d(p^2 / 2) = p dp
        evaluator.pullbackSlopes(chunk, values, added.slopes);
        evaluator.pullbackWeights(added);
        turn(jacobians, count, from, (feature, sample) => {
          turned[sample] = added.slopes[feature]!;
        });
      }
      return { ...sums, gradSlopes: turned };
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
