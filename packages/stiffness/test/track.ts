import type { JacobianBatch } from "@stiffnet/core";
import { createKernels } from "@stiffnet/kernels";
import type { DifferentiableProxy } from "../src/index.ts";

export interface Tracked {
  values: Float32Array;
  residuals: Float32Array | undefined;
  statistics: Record<string, number> | undefined;
  gradWeights: Float32Array;
  /** [N, B, D], as `jacobianBatch` takes slopes. */
  gradSlopes: Float32Array;
}

/** Values after `visits` evaluations of the same Jacobians, each from the vectors of the one before, and the
 *  gradient. */
export function track(
  proxy: DifferentiableProxy,
  jacobians: JacobianBatch,
  visits: number,
  cotangent?: ArrayLike<number>,
): Tracked {
  const kernels = createKernels();
  const { depth, width, batch, stride } = jacobians;
  const weights = kernels.arena.float32(jacobians.weights.length);
  const slopes = kernels.arena.float32(jacobians.slopes.length);
  const gradWeights = kernels.arena.float32(weights.length);
  const gradSlopes = kernels.arena.float32(slopes.length);
  weights.array.set(jacobians.weights);
  slopes.array.set(jacobians.slopes);
  const bound = proxy.bind({ kernels, depth, width, capacity: batch, rows: batch, gradient: true });
  const values = new Float32Array(depth * batch);
  const inside = { ...jacobians, weights: weights.array, slopes: slopes.array };
  for (let visit = 0; visit < visits; visit++) bound.evaluate(inside, values);
  const pulled = Float32Array.from(cotangent ?? values, (c) => (cotangent ? c : 1));
  bound.pullbackSlopes(inside, pulled, gradSlopes.array);
  bound.pullbackWeights(gradWeights.array);
  return {
    values,
    residuals: bound.residuals?.().slice(0, values.length),
    statistics: bound.statistics?.(),
    gradWeights: gradWeights.array.slice(),
    gradSlopes: Float32Array.from({ length: depth * batch * width }, (_, k) => {
      const [n, i, d] = [Math.floor(k / (batch * width)), Math.floor(k / width) % batch, k % width];
      return gradSlopes.array[(n * width + d) * stride + i]!;
    }),
  };
}
