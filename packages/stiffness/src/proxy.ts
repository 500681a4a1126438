import { callback, fields, needed, text } from "@stiffnet/base";
import { type JacobianBatch, requireOptions, ShapeError } from "@stiffnet/core";
import { type Kernels, padded } from "@stiffnet/kernels";

/** A number per (layer, sample) that tells how stiff J = diag(s'(z)) W is. Stateless: `bind` makes the
 *  buffers. */
export interface StiffnessProxy {
  readonly name: string;
  bind(space: ProxySpace): BoundProxy;
}

/** A proxy that can be penalised: the compiler refuses any other in `stiffnessPenalty`. */
export interface DifferentiableProxy extends StiffnessProxy {
  bind(space: ProxySpace): BoundDifferentiableProxy;
  /** The exact, slower proxy for reports. Absent if the proxy itself is exact. */
  readonly exact?: StiffnessProxy;
  /** Default share of a batch's samples that `stiffnessPenalty` evaluates, with which training does as well
   *  as with all. Absent: all. */
  readonly subset?: number;
}

/** Workspace of a proxy. The arrays of every JacobianBatch lie in the memory of these kernels. */
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
  /** State that the next values depend on. It must survive an interruption. */
  state?(): Float32Array;
  restore?(state: Float32Array): void;
}

/** Refuses what is no proxy. */
export function requireProxy(who: string, proxy: StiffnessProxy): void {
  const check = fields<StiffnessProxy>({ name: needed(text), bind: needed(callback) }, { others: true });
  requireOptions(who, { proxy }, { proxy: needed(check) });
}

type Room = Pick<ProxySpace, "depth" | "width" | "capacity">;

function requireLength(what: string, array: ArrayLike<number>, least: number): void {
  if (array.length >= least) return;
  throw new ShapeError(`proxy: ${array.length} numbers in ${what}, expected ${least}`);
}

/** Refuses Jacobians other than those that a space is for, before a kernel reads them. slopes: where their
 *  gradient is added. */
export function requireBatch(
  room: Room,
  jacobians: JacobianBatch,
  slopes: Float32Array = jacobians.slopes,
): void {
  const { depth, width, batch, stride } = jacobians;
  const known = depth === room.depth && width === room.width;
  const held = Number.isInteger(batch) && batch >= 0 && batch <= room.capacity;
  if (!(known && held && stride >= batch && stride === padded(stride) && stride <= padded(room.capacity))) {
    throw new ShapeError(
      `proxy: depth ${depth}, width ${width}, batch ${batch} and stride ${stride}, expected depth ${room.depth}, width ${room.width}, at most ${room.capacity} samples and their padded count`,
    );
  }
  requireLength("weights", jacobians.weights, depth * width ** 2);
  requireLength("slopes", jacobians.slopes, depth * width * stride);
  requireLength("the gradient by the slopes", slopes, depth * width * stride);
}

/** A bound proxy that refuses arrays which are too short for its space. */
export function guarded<B extends BoundProxy | BoundDifferentiableProxy>(room: Room, bound: B): B {
  const checked: BoundProxy = {
    evaluate(jacobians, values, indices) {
      requireBatch(room, jacobians);
      bound.evaluate(jacobians, values, indices);
    },
  };
  if (!("pullbackSlopes" in bound)) return { ...bound, ...checked };
  const pullbacks: Pick<BoundDifferentiableProxy, "pullbackSlopes" | "pullbackWeights"> = {
    pullbackSlopes(jacobians, cotangent, slopes) {
      requireBatch(room, jacobians, slopes);
      bound.pullbackSlopes(jacobians, cotangent, slopes);
    },
    pullbackWeights(weights) {
      requireLength("the gradient by the weights", weights, room.depth * room.width ** 2);
      bound.pullbackWeights(weights);
    },
  };
  return { ...bound, ...checked, ...pullbacks };
}
