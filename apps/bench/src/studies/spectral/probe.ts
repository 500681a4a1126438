import type { JacobianBatch } from "@stiffnet/core";
import { mean } from "@stiffnet/report";
import {
  type BoundDifferentiableProxy,
  type DifferentiableProxy,
  type ProxySpace,
  spectralRadiiOf,
} from "@stiffnet/stiffness";

/** Results of one method on one batch. */
export interface MethodProbe {
  /** |value - exact| / exact of every (layer, sample) pair that has an exact value above 0. */
  readonly errors: readonly number[];
  /** Cosine of the angle between the gradient of the batch's mean square penalty (weights) and the exact
   *  one. */
  readonly cosine: number;
}

/** Results of every method on one batch. */
export interface BatchProbe {
  readonly epoch: number;
  /** Exact spectral radius, mean over pairs. */
  readonly radius: number;
  readonly methods: readonly MethodProbe[];
}

export interface Probe {
  /** To train with: the first method, to the bit. */
  readonly proxy: DifferentiableProxy;
  readonly batches: readonly BatchProbe[];
}

/** Watches methods at work inside a training run. The first one trains. A method that keeps start vectors is
 *  evaluated on the same Jacobians at every step, so that its vectors are those of a training of its own.
 *  Other methods are evaluated only on measured batches. In the epochs `at` (from 1), `calls.probed` of the
 *  `calls.perEpoch` evaluations are compared with exact values and gradients. */
export function probeOf(
  methods: readonly DifferentiableProxy[],
  options: { at: ReadonlySet<number>; calls: { perEpoch: number; probed: number } },
): Probe {
  const [first] = methods as [DifferentiableProxy];
  const batches: BatchProbe[] = [];
  const { perEpoch, probed } = options.calls;
  const every = Math.max(1, Math.floor(perEpoch / probed));
  const proxy: DifferentiableProxy = {
    name: first.name,
    ...(first.exact && { exact: first.exact }),
    ...(first.subset !== undefined && { subset: first.subset }),
    bind(space) {
      const bound = methods.map((method) => bindWatched(method, space));
      const [own] = bound as [Watched];
      let epoch = 1;
      let call = 0;
      return {
        ...own.proxy,
        evaluate(jacobians, values, indices) {
          const looked = options.at.has(epoch) && call % every === 0 && call < every * probed;
          call++;
          for (const method of bound) {
            if (method === own || looked || method.keepsState) method.evaluate(jacobians, indices);
          }
          values.set(own.values.subarray(0, jacobians.depth * jacobians.batch));
          if (looked) batches.push(compare(epoch, jacobians, bound));
        },
        // Asked once at the end of every epoch.
        statistics() {
          epoch++;
          call = 0;
          return own.proxy.statistics?.() ?? {};
        },
      };
    },
  };
  return { proxy, batches };
}

/** One method with room for its values and gradients. */
interface Watched {
  readonly proxy: BoundDifferentiableProxy;
  readonly keepsState: boolean;
  /** [N * B] of the last batch. */
  readonly values: Float32Array;
  evaluate(jacobians: JacobianBatch, indices: Uint32Array | undefined): void;
  /** Of the weights. */
  gradient(jacobians: JacobianBatch, cotangent: Float32Array): Float32Array;
}

function bindWatched(method: DifferentiableProxy, space: ProxySpace): Watched {
  const { kernels, depth, width, capacity } = space;
  const proxy = method.bind(space);
  const values = new Float32Array(depth * capacity);
  const gradWeights = kernels.arena.float32(depth * width * width);
  // Samples are padded to whole vectors, of at most 16 lanes.
  const gradSlopes = kernels.arena.float32(depth * width * (capacity + 16));
  return {
    proxy,
    keepsState: proxy.state !== undefined,
    values,
    evaluate: (jacobians, indices) => proxy.evaluate(jacobians, values, indices),
    gradient(jacobians, cotangent) {
      gradWeights.array.fill(0);
      gradSlopes.array.fill(0);
      proxy.pullbackSlopes(jacobians, cotangent, gradSlopes.array);
      proxy.pullbackWeights(gradWeights.array);
      return gradWeights.array;
    },
  };
}

function compare(epoch: number, jacobians: JacobianBatch, methods: readonly Watched[]): BatchProbe {
  const { radii, gradient } = spectralRadiiOf(jacobians);
  const { depth, batch } = jacobians;
  const exact = gradient(penaltyCotangent(radii, depth, batch)).weights;
  return {
    epoch,
    radius: mean([...radii].filter(Number.isFinite)),
    methods: methods.map((method) => {
      const values = method.values.subarray(0, depth * batch);
      const own = method.gradient(jacobians, penaltyCotangent(values, depth, batch));
      return { errors: errorsOf(values, radii), cosine: cosineOf(own, exact) };
    }),
  };
}

/** The derivative of sum_i p_i^2 / 2 with p_i the mean over the layers: p_i / N for each layer. */
function penaltyCotangent(values: ArrayLike<number>, depth: number, batch: number): Float32Array {
  const cotangent = new Float32Array(depth * batch);
  for (let i = 0; i < batch; i++) {
    let sum = 0;
    for (let n = 0; n < depth; n++) sum += values[n * batch + i]!;
    for (let n = 0; n < depth; n++) cotangent[n * batch + i] = sum / depth ** 2;
  }
  return cotangent;
}

/** A value that is not finite is infinitely wrong. */
function errorsOf(values: ArrayLike<number>, radii: Float64Array): number[] {
  return [...radii].flatMap((radius, at) => {
    if (!(radius > 0)) return [];
    const error = Math.abs(values[at]! - radius) / radius;
    return [Number.isNaN(error) ? Number.POSITIVE_INFINITY : error];
  });
}

function cosineOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [aa, bb, ab] = [0, 0, 0];
  for (let k = 0; k < a.length; k++) {
    aa += a[k]! * a[k]!;
    bb += b[k]! * b[k]!;
    ab += a[k]! * b[k]!;
  }
  return ab / Math.sqrt(aa * bb);
}
