import type { Loss } from "@stiffnet/core";
import type { Scalar, Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs";
import type { TensorNetwork } from "./network.ts";
import type { PenaltyOperation } from "./penalties/operation.ts";
import type { TensorFlow } from "./tensorflow.ts";

/** The rows of a batch. */
export interface TensorBatch {
  /** [B, inputs] */
  readonly x: Tensor2D;
  /** [B, outputs] */
  readonly y: Tensor2D;
  /** Row of the training set of each sample. */
  readonly indices: Uint32Array;
  /** The end time; that of the configuration where not given. */
  readonly horizon: number | undefined;
}

/** The penalty of the loss, and its lambda. */
export interface Penalised {
  readonly operation: PenaltyOperation | undefined;
  readonly weight: number;
}

/** L, and d/d(parameters) of count L^2 / 2, flat: dL/d(parameters) = scale * gradient. Within a tidy.
 *  parameters: one tensor a slot; values: the same numbers, flat. */
export function batchLoss(
  tf: TensorFlow,
  network: TensorNetwork,
  parameters: Tensor[],
  values: () => Float32Array,
  { x, y, indices, horizon }: TensorBatch,
  { operation, weight }: Penalised,
): { readonly loss: Loss; readonly gradient: Tensor1D; readonly scale: number } {
  let sums: Tensor | undefined;
  let failure: unknown;
  /** 1/2 sum_i ( |F(x_i) - y_i|^2 + weight p_i^2 ) */
  const half = (...given: Tensor[]): Scalar => {
    const { predictions, slopes, weights } = network.pass(tf, given, x, horizon);
    const squares = tf.sum(tf.square(tf.sub(predictions, y))) as Scalar;
    let penalised: ReturnType<PenaltyOperation["sums"]> | undefined;
    try {
      penalised = operation?.sums({
        parameters: given,
        weights: weights(),
        slopes: slopes(),
        values,
        indices,
      });
    } catch (error) {
      // Thrown from here it would leave behind what TensorFlow.js has saved for the derivative.
      failure = error;
    }
    sums = tf.keep(penalised ? tf.stack([squares, penalised.sum, penalised.squares]) : tf.stack([squares]));
    const total = penalised ? tf.add(squares, tf.mul(penalised.squares, weight)) : squares;
    return tf.mul(total, 0.5) as Scalar;
  };
  const { grads } = tf.valueAndGrads(half)(parameters);
  const [squares, penaltySum = 0, penaltySquares = 0] = sums!.dataSync<"float32">();
  sums!.dispose();
  if (failure !== undefined) throw failure;
  const count = indices.length;
  const loss = Math.sqrt((squares! + weight * penaltySquares) / count);
  return {
    loss: { loss, squares: squares!, penaltySum, penaltySquares, count, unsolved: 0 },
    gradient: tf.concat1d(grads.map((g) => tf.reshape(g, [-1]) as Tensor1D)),
    // The root has no derivative at 0. The derivative 0 is used: the network has nothing left to learn there.
    scale: loss === 0 ? 0 : 1 / (count * loss),
  };
}
