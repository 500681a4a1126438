import type { Kernels } from "@stiffnet/kernels";
import type { ModelConfig } from "./config.ts";
import type { JacobianBatch, JacobianGradient } from "./jacobians.ts";
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

/** Where a penalty adds its derivatives: what depends on a Jacobian is left to the engine, which takes it on
 *  through s''(z) and the weights' basis; `parameters` (flat, as the chunk's) is for what depends on them by
 *  itself. */
export interface PenaltyGradient extends JacobianGradient {
  readonly parameters: Float32Array;
}

export interface PenaltyEvaluator {
  /** Writes p_i to values[i] for the chunk's samples. */
  evaluate(chunk: PenaltyChunk, values: Float32Array): void;
  /** Adds sum_i cotangent[i] dp_i to the gradient. Called directly after `evaluate` of the same chunk. */
  pullback(chunk: PenaltyChunk, cotangent: Float32Array, gradient: PenaltyGradient): void;
  /** Where there is one, `pullback` adds to the slopes' gradient alone, and this adds the rest, afterwards:
   *  the engine hands over the arrays that the loss's own gradient already stands in, which saves several
   *  passes over all parameters. */
  pullbackRest?(gradient: Pick<PenaltyGradient, "weights" | "parameters">): void;
  /** Figures of the epoch that ended, for the history. */
  statistics?(): Record<string, number>;
  /** What must survive an interruption for the results to stay the same to the bit; restored by `restore`.
   *  It is asked for once an epoch: `into`, an earlier answer, may be overwritten and returned. */
  state?(into?: Float32Array): Float32Array;
  restore?(state: Float32Array): void;
}
