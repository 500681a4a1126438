import { callback, needed, nonNegative, text } from "@stiffnet/base";
import { ConfigError, type Penalty, requireOptions } from "@stiffnet/core";
import type { Scalar, Tensor, Tensor1D, Tensor3D } from "@tensorflow/tfjs";
import type { TensorFlow } from "../tensorflow.ts";
import type { PenaltyOperation, PenaltySpace } from "./operation.ts";

/** The tensors that a penalty may use. Derivatives flow through all of them. */
export interface PenaltyTensors {
  /** W_n of the blocks, or at the beginning of the steps: [N, D, D]. */
  readonly weights: Tensor3D;
  /** s'(z_{n,i}): [N, B, D], so that J_{n,i} = diag(slopes[n, i]) weights[n], in 1/time. */
  readonly slopes: Tensor3D;
  /** Every parameter tensor by the name of its slot: "lift.weight", "blocks.0.bias", ... */
  readonly parameters: Readonly<Record<string, Tensor>>;
}

export interface TensorPenaltyOptions {
  readonly name: string;
  /** lambda of the loss. */
  readonly weight: number;
  /** p: [B], one value a sample, or a scalar that is the same for all. Other tensors that it makes are
   *  disposed. */
  of(tf: TensorFlow, tensors: PenaltyTensors): Tensor1D | Tensor;
}

/** A penalty for `tfjsEngine` alone, which differentiates it. */
export interface TensorPenalty extends Penalty {
  readonly of: TensorPenaltyOptions["of"];
}

/** weight * p_i^2 added to the loss, p from tensor code that TensorFlow.js differentiates. Runs that are
 *  resumed are compared by name and weight: give other code another name. */
export function tensorPenalty(options: TensorPenaltyOptions): TensorPenalty {
  requireOptions(`tensorPenalty '${options.name}'`, options, {
    name: needed(text),
    weight: needed(nonNegative),
    of: needed(callback),
  });
  const { name, weight, of } = options;
  return {
    name,
    weight,
    of,
    bind() {
      throw new ConfigError(
        `tensorPenalty '${name}': is tensor code, which the kernels' engine cannot run; pass engine: tfjsEngine() to train`,
      );
    },
  };
}

export function isTensorPenalty(penalty: Penalty): penalty is TensorPenalty {
  return "of" in penalty;
}

export function tensorOperation(
  tf: TensorFlow,
  penalty: TensorPenalty,
  { layout }: PenaltySpace,
): PenaltyOperation {
  return {
    kept: undefined,
    sums({ parameters, weights, slopes, indices }) {
      const named = Object.fromEntries(layout.slots.map(({ name }, s) => [name, parameters[s]!]));
      const p = penalty.of(tf, { weights, slopes, parameters: named });
      const count = indices.length;
      const shape = (p as Tensor | undefined)?.shape;
      if (!shape || shape.length > 1 || (shape.length === 1 && shape[0] !== count)) {
        throw new ConfigError(
          `tensorPenalty '${penalty.name}': of returned ${shape ? `the shape [${shape}]` : String(p)}, expected [${count}] (a value a sample) or a scalar`,
        );
      }
      const times = shape.length === 0 ? count : 1;
      return {
        sum: tf.mul(tf.sum(p), times) as Scalar,
        squares: tf.mul(tf.sum(tf.square(p)), times) as Scalar,
      };
    },
  };
}
