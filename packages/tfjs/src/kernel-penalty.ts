import type { JacobianBatch, Penalty, PenaltyChunk } from "@stiffnet/core";
import { createKernels, padded } from "@stiffnet/kernels";
import type { Scalar, Tensor } from "@tensorflow/tfjs";
import type { BoundPenalty, PenaltyBatch, PenaltySpace } from "./bound-penalty.ts";
import type { TensorFlow } from "./tensorflow.ts";

/** Samples that a penalty is asked about at once, as on the wasm engine. */
const largestChunk = 64;

/** A penalty written for the kernels (`l2Penalty`, `stiffnessPenalty`, your own `Penalty`) as one operation of
 *  TensorFlow.js: parameters and slopes are copied into the kernels' memory, and its own gradient back. */
export function bindKernelPenalty(tf: TensorFlow, penalty: Penalty, space: PenaltySpace): BoundPenalty {
  const { config, layout, rows } = space;
  const { depth, width } = config;
  const kernels = createKernels();
  const { arena } = kernels;
  const capacity = Math.min(space.capacity, largestChunk);
  const lanes = padded(capacity);
  const parameters = arena.float32(layout.size);
  const gradient = arena.float32(layout.size);
  const slopes = arena.float32(depth * width * lanes);
  const gradSlopes = arena.float32(depth * width * lanes);
  const evaluator = penalty.bind({ config, layout, kernels, capacity, rows });
  const values = new Float32Array(capacity);
  const cotangent = new Float32Array(capacity);
  const { offset } = layout.blocks[0]!.weight;
  /** W_n of all blocks: [N, D, D]. */
  const weightsIn = (flat: Float32Array): Float32Array =>
    flat.subarray(offset, offset + depth * width * width);

  const chunkOf = (indices: Uint32Array): PenaltyChunk => {
    const batch = indices.length;
    const stride = padded(batch);
    const jacobians: JacobianBatch = {
      depth,
      width,
      batch,
      stride,
      weights: weightsIn(parameters.array),
      slopes: slopes.array.subarray(0, depth * width * stride),
    };
    return { parameters: parameters.array, jacobians, indices };
  };

  /** Sums over the batch; the gradient of 1/2 sum_i p_i^2 is left in `gradient` and `turned` ([N, B, D]). */
  const evaluate = (batch: PenaltyBatch, all: Float32Array, turned: Float32Array) => {
    const count = batch.indices.length;
    const sums = { sum: 0, squares: 0 };
    parameters.array.set(batch.values());
    gradient.array.fill(0);
    for (let from = 0; from < count; from += capacity) {
      const chunk = chunkOf(batch.indices.slice(from, from + capacity));
      const { batch: size, stride } = chunk.jacobians;
      const at = (n: number, i: number): number => (n * count + from + i) * width;
      const placed = slopes.array.fill(0);
      for (let n = 0; n < depth; n++) {
        for (let i = 0; i < size; i++) {
          for (let d = 0; d < width; d++) placed[(n * width + d) * stride + i] = all[at(n, i) + d]!;
        }
      }
      evaluator.evaluate(chunk, values);
      for (let i = 0; i < size; i++) {
        const p = values[i]!;
        sums.sum += p;
        sums.squares += p * p;
        cotangent[i] = p;
      }
      const back = gradSlopes.array.fill(0);
      evaluator.pullback(chunk, cotangent, {
        parameters: gradient.array,
        weights: weightsIn(gradient.array),
        slopes: back.subarray(0, depth * width * stride),
      });
      for (let n = 0; n < depth; n++) {
        for (let i = 0; i < size; i++) {
          for (let d = 0; d < width; d++) turned[at(n, i) + d] = back[(n * width + d) * stride + i]!;
        }
      }
    }
    return sums;
  };

  return {
    kept: evaluator,
    sums(batch) {
      let sum = 0;
      const operation = tf.customGrad((given) => {
        const shape = (given as Tensor).shape;
        const turned = new Float32Array((given as Tensor).size);
        const sums = evaluate(batch, (given as Tensor).dataSync() as Float32Array, turned);
        sum = sums.sum;
        return {
          value: tf.scalar(sums.squares),
          gradFunc: (dy: Tensor) => {
            const twice = tf.mul(dy, 2);
            return [
              tf.mul(tf.tensor(turned, shape), twice),
              ...layout.slots.map((slot) =>
                tf.mul(
                  tf.tensor(gradient.array.slice(slot.offset, slot.offset + slot.size), [...slot.shape]),
                  twice,
                ),
              ),
            ];
          },
        };
      });
      const squares = operation(batch.slopes, ...batch.parameters) as Scalar;
      return { sum: tf.scalar(sum), squares };
    },
  };
}
