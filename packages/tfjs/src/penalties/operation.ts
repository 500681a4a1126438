import type { PenaltyContext, TrainingEngine } from "@stiffnet/core";
import type { Scalar, Tensor, Tensor3D } from "@tensorflow/tfjs";

/** The network that a penalty is bound to. */
export type PenaltySpace = Omit<PenaltyContext, "kernels">;

/** The samples of a step. */
export interface PenaltyBatch {
  /** One tensor a slot. */
  readonly parameters: readonly Tensor[];
  /** W_n at the beginning of each step: [N, D, D] */
  readonly weights: Tensor3D;
  /** [N, B, D] */
  readonly slopes: Tensor3D;
  /** The parameters' values, flat. */
  values(): Float32Array;
  /** Row of the training set of each sample. */
  readonly indices: Uint32Array;
}

/** A penalty as an operation of one engine. */
export interface PenaltyOperation {
  /** sum_i p_i, and sum_i p_i^2, through which the derivative flows. */
  sums(batch: PenaltyBatch): { readonly sum: Scalar; readonly squares: Scalar };
  /** Statistics and state of a penalty that is not tensor code. */
  readonly kept: TrainingEngine["penalty"];
}
