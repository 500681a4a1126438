import type { JacobianBatch } from "@stiffnet/core";
import {
  type BoundDifferentiableProxy,
  type DifferentiableProxy,
  type ProxySpace,
  type SpectralRadii,
  spectralRadiiOf,
} from "@stiffnet/stiffness";

/** Results of one method on one batch. */
export interface MethodProbe {
  /** |value - exact| / exact of every (layer, sample) pair that has an exact value above 0. */
  readonly errors: readonly number[];
  /** The gradient of the batch's mean square penalty (weights) and the exact one: their cosine, and the ratio
   *  of their lengths. */
  readonly cosine: number;
  readonly length: number;
  /** The cosine where only pairs of condition at most `wellConditioned` are counted, on both sides. */
  readonly cosineWell: number;
  /** Pairs whose error is larger than their reported residual times the eigenvalue's condition, to first
   *  order and rounding of float32; absent where the method reports none. */
  readonly unexplained?: number;
}

/** Results of every method on one batch. */
export interface BatchProbe {
  readonly epoch: number;
  readonly exact: {
    readonly mean: number;
    readonly conditions: readonly number[];
    readonly undefined: number;
  };
  readonly methods: readonly MethodProbe[];
}

/** Figures of the methods' own working over an epoch. */
export interface EpochStatistics {
  readonly epoch: number;
  readonly methods: readonly Readonly<Record<string, number>>[];
}

export interface Probe {
  /** To train with: the first method, to the bit. */
  readonly proxy: DifferentiableProxy;
  readonly batches: readonly BatchProbe[];
  readonly statistics: readonly EpochStatistics[];
}

/** Above this condition the exact gradient is not followed by the iterative methods. */
export const wellConditioned = 20;

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
  const statistics: EpochStatistics[] = [];
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
          const all = bound.map(({ proxy }) => proxy.statistics?.() ?? {});
          if (options.at.has(epoch)) statistics.push({ epoch, methods: all });
          epoch++;
          call = 0;
          return all[0]!;
        },
      };
    },
  };
  return { proxy, batches, statistics };
}

/** One method with room for its values and gradients. */
interface Watched {
  readonly proxy: BoundDifferentiableProxy;
  readonly keepsState: boolean;
  /** [N * B] of the last batch. */
  readonly values: Float32Array;
  evaluate(jacobians: JacobianBatch, indices: Uint32Array | undefined): void;
  /** As `SpectralRadii.gradient`. */
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
  const exact = spectralRadiiOf(jacobians);
  const { depth, batch } = jacobians;
  const { radii, conditions } = exact;
  const known = radii.filter((radius) => Number.isFinite(radius));
  const well = conditions.map((condition) => (condition <= wellConditioned ? 1 : 0));
  const cotangent = penaltyCotangent(radii, depth, batch);
  const gradient = exact.gradient(cotangent).weights;
  const gradientWell = exact.gradient(cotangent.map((c, at) => c * well[at]!)).weights;
  return {
    epoch,
    exact: {
      mean: known.reduce((sum, radius) => sum + radius, 0) / known.length,
      conditions: [...conditions].filter((_, at) => radii[at]! > 0),
      undefined: radii.length - known.length,
    },
    methods: methods.map((method) => {
      const values = method.values.subarray(0, depth * batch);
      const own = penaltyCotangent(values, depth, batch);
      const whole = alignment(method.gradient(jacobians, own), gradient);
      const part = alignment(
        method.gradient(
          jacobians,
          own.map((c, at) => c * well[at]!),
        ),
        gradientWell,
      );
      const residuals = method.proxy.residuals?.();
      return {
        errors: errorsOf(values, radii),
        cosine: whole.cosine,
        length: whole.length,
        cosineWell: part.cosine,
        ...(residuals && { unexplained: unexplainedOf(values, exact, residuals) }),
      };
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

/** Slack of the first-order bound, and what float32 itself loses of values and residuals. */
const [slack, rounding] = [2, 1e-5];

function unexplainedOf(values: Float32Array, exact: SpectralRadii, residuals: Float32Array): number {
  return [...exact.radii].filter(
    (radius, at) =>
      radius > 0 &&
      Math.abs(values[at]! - radius) / radius > exact.conditions[at]! * (slack * residuals[at]! + rounding),
  ).length;
}

function alignment(a: ArrayLike<number>, b: ArrayLike<number>): { cosine: number; length: number } {
  let [aa, bb, ab] = [0, 0, 0];
  for (let k = 0; k < a.length; k++) {
    aa += a[k]! * a[k]!;
    bb += b[k]! * b[k]!;
    ab += a[k]! * b[k]!;
  }
  return { cosine: ab / Math.sqrt(aa * bb), length: Math.sqrt(aa / bb) };
}
