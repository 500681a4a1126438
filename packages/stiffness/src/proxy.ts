import { callback, fields, needed, text } from "@stiffnet/base";
import { type JacobianBatch, requireOptions } from "@stiffnet/core";
import type { Kernels } from "@stiffnet/kernels";

/** A number per (layer, sample) that tells how stiff J = diag(s'(z)) W is. Stateless: `bind` makes the
 *  buffers. */
export interface StiffnessProxy {
  readonly name: string;
  bind(space: ProxySpace): BoundProxy;
}

/** A proxy that can be penalised: the compiler refuses any other in `stiffnessPenalty`. */
export interface DifferentiableProxy extends StiffnessProxy {
  bind(space: ProxySpace): BoundDifferentiableProxy;
  /** What is reported where this one is trained on: exact, and slower. Absent where the proxy itself is
   *  exact. */
  readonly exact?: StiffnessProxy;
  /** Share of a batch's samples that does as well in training as all of them, where `stiffnessPenalty` is
   *  told nothing else. Absent: all. */
  readonly subset?: number;
}

/** Where a proxy works: the arrays of every JacobianBatch lie in these kernels' memory. */
export interface ProxySpace {
  readonly kernels: Kernels;
  readonly depth: number;
  readonly width: number;
  /** Most samples of a batch. */
  readonly capacity: number;
  /** Rows of the training set, for what is kept per sample; 0 where nothing is. */
  readonly rows: number;
  /** Whether the pullbacks will be called. */
  readonly gradient: boolean;
}

export interface BoundProxy {
  /** values[n * batch + i]: the proxy of layer n and sample i. NaN where a Jacobian is not finite. `indices`
   *  are the samples' rows of the training set. */
  evaluate(jacobians: JacobianBatch, values: Float32Array, indices?: Uint32Array): void;
}

/** Both pullbacks add the sum over n and i of cotangent[n * batch + i] d value[n * batch + i], for the batch
 *  of the last `evaluate`: first by the slopes, which a backward pass reads and uses up, then by the
 *  weights. */
export interface BoundDifferentiableProxy extends BoundProxy {
  pullbackSlopes(jacobians: JacobianBatch, cotangent: Float32Array, slopes: Float32Array): void;
  pullbackWeights(weights: Float32Array): void;
  /** Relative residual of each value of the last `evaluate`, [N * batch] in its order, where the values are
   *  iterated towards: how far to trust it. */
  residuals?(): Float32Array;
  /** Figures of its own working since it was last asked, for the history of a run. */
  statistics?(): Record<string, number>;
  /** What the next values depend on, and must survive an interruption. */
  state?(): Float32Array;
  restore?(state: Float32Array): void;
}

/** Refuses what is no proxy. */
export function requireProxy(who: string, proxy: StiffnessProxy): void {
  const check = fields<StiffnessProxy>({ name: needed(text), bind: needed(callback) }, { others: true });
  requireOptions(who, { proxy }, { proxy: needed(check) });
}
