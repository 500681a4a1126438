import { type Check, callback, fields, needed, nonNegative, text } from "@stiffnet/base";
import type { Kernels } from "@stiffnet/kernels";
import type { ModelConfig } from "./config.ts";
import { ConfigError } from "./errors.ts";
import type { JacobianBatch } from "./jacobians.ts";
import type { Layout } from "./layout.ts";

/** A term of the loss: weight * p_i^2 is added to the squared error of sample i.
 *
 *      L = sqrt( 1/|S| sum_i ( |F(x_i) - y_i|^2 + weight p_i^2 ) )
 *
 *  `l2Penalty` is one, `stiffnessPenalty` of `@stiffnet/stiffness` another; write your own with the same
 *  interface. */
export interface Penalty {
  readonly name: string;
  /** lambda, not negative. */
  readonly weight: number;
  /** Called once a training run; buffers belong here, not into the step. */
  bind(context: PenaltyContext): PenaltyEvaluator;
}

export const penaltyCheck: Check<Penalty> = fields<Penalty>(
  { name: needed(text), weight: needed(nonNegative), bind: needed(callback) },
  { others: true },
);

/** A penalty bound to one run. A penalty without a gradient is refused. */
export function bindPenalty(penalty: Penalty, context: PenaltyContext): PenaltyEvaluator {
  const bound = penalty.bind(context);
  for (const part of ["evaluate", "pullbackSlopes", "pullbackWeights"] as const) {
    if (typeof bound?.[part] === "function") continue;
    throw new ConfigError(
      `train: penalty '${penalty.name}' binds to an object without ${part}, expected evaluate, pullbackSlopes and pullbackWeights`,
    );
  }
  return bound;
}

export interface PenaltyContext {
  readonly config: ModelConfig;
  readonly layout: Layout;
  /** The engine's kernels: arrays that are handed over lie in their memory. */
  readonly kernels: Kernels;
  /** Most samples of one chunk. */
  readonly capacity: number;
  /** Rows of the training set. */
  readonly rows: number;
}

/** The samples a penalty is asked about. */
export interface PenaltyChunk {
  /** All parameters, flat, as the layout says. */
  readonly parameters: Float32Array;
  readonly jacobians: JacobianBatch;
  /** Row of the training set of each sample. */
  readonly indices: Uint32Array;
}

/** A penalty adds its derivatives here: by the weights of the Jacobians, and by the flat parameters of the
 *  chunk. The engine maps the first to parameters through the weights' basis. The arrays already hold the
 *  gradient of the loss. */
export interface PenaltyGradient {
  readonly weights: Float32Array;
  readonly parameters: Float32Array;
}

export interface PenaltyEvaluator {
  /** Writes p_i to values[i] for the chunk's samples. */
  evaluate(chunk: PenaltyChunk, values: Float32Array): void;
  /** Adds sum_i cotangent[i] dp_i by the slopes to `slopes`. Called directly after `evaluate` of the same
   *  chunk and before the backward pass, which takes it on through s''(z). */
  pullbackSlopes(chunk: PenaltyChunk, cotangent: Float32Array, slopes: Float32Array): void;
  /** Adds the same by weights and parameters to what the backward pass has written. That pass has used up the
   *  chunk's slopes: what is needed of them is to be kept by `pullbackSlopes`. */
  pullbackWeights(gradient: PenaltyGradient): void;
  /** Figures of the epoch that ended, for the history. */
  statistics?(): Record<string, number>;
  /** State that must survive an interruption so that the results keep their bits. `restore` takes it back.
   *  Called once an epoch. `into`, an earlier answer, may be overwritten and returned. */
  state?(into?: Float32Array): Float32Array;
  restore?(state: Float32Array): void;
}
