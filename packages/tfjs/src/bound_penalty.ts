import {
  ConfigError,
  type Layout,
  type Penalty,
  type ResNetConfig,
  type TrainingEngine,
} from "@stiffnet/core";
import type { Scalar, Tensor, Tensor3D } from "@tensorflow/tfjs";
import { bindKernelPenalty } from "./kernel_penalty.ts";
import { isTensorPenalty, type TensorPenalty } from "./tensor_penalty.ts";
import type { TensorFlow } from "./tensorflow.ts";

/** The samples of a step. */
export interface PenaltyBatch {
  /** One tensor a slot. */
  readonly parameters: readonly Tensor[];
  /** [N, B, D] */
  readonly slopes: Tensor3D;
  /** The parameters' values, flat. */
  values(): Float32Array;
  /** Row of the training set of each sample. */
  readonly indices: Uint32Array;
}

/** A penalty in one engine. */
export interface BoundPenalty {
  /** sum_i p_i, and sum_i p_i^2, through which the derivative flows. */
  sums(batch: PenaltyBatch): { readonly sum: Scalar; readonly squares: Scalar };
  /** What a penalty that is not tensor code keeps. */
  readonly kept: TrainingEngine["penalty"];
}

export function bindPenalty(
  tf: TensorFlow,
  penalty: Penalty,
  space: { config: ResNetConfig; layout: Layout; capacity: number; rows: number },
): BoundPenalty {
  return isTensorPenalty(penalty)
    ? bindTensorPenalty(tf, penalty, space)
    : bindKernelPenalty(tf, penalty, space);
}

function bindTensorPenalty(
  tf: TensorFlow,
  penalty: TensorPenalty,
  { config, layout }: { config: ResNetConfig; layout: Layout },
): BoundPenalty {
  return {
    kept: undefined,
    sums({ parameters, slopes, indices }) {
      const named = Object.fromEntries(layout.slots.map(({ name }, s) => [name, parameters[s]!]));
      const weights = tf.stack(parameters.slice(2, 2 + config.depth)) as Tensor3D;
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
