import { type JacobianBatch, type JacobianGradient, ShapeError } from "@stiffnet/core";
import { createKernels, padded } from "@stiffnet/kernels";
import type { DifferentiableProxy, ProxySpace, StiffnessProxy } from "../src/index.ts";

/** The batch of one layer and one sample whose Jacobian is `matrix` (row-major [D, D]). */
export function singleJacobian(matrix: ArrayLike<number>): JacobianBatch {
  const width = Math.round(Math.sqrt(matrix.length));
  return jacobianBatch(1, width, 1, matrix, new Float32Array(width).fill(1));
}

/** A batch from plain arrays: weights [N, D, D] row-major, slopes [N, B, D] with the features innermost. */
export function jacobianBatch(
  depth: number,
  width: number,
  batch: number,
  weights: ArrayLike<number>,
  slopes: ArrayLike<number>,
): JacobianBatch {
  const expected = { weights: depth * width * width, slopes: depth * batch * width };
  for (const [name, given] of Object.entries({ weights, slopes })) {
    const wanted = expected[name as keyof typeof expected];
    if (given.length !== wanted) {
      throw new ShapeError(
        `jacobianBatch: ${given.length} ${name}, expected ${wanted} for ${depth} layers of width ${width} and ${batch} samples`,
      );
    }
  }
  const stride = padded(batch);
  const turned = new Float32Array(depth * width * stride);
  for (let n = 0; n < depth; n++) {
    for (let i = 0; i < batch; i++) {
      for (let d = 0; d < width; d++)
        turned[(n * width + d) * stride + i] = slopes[(n * batch + i) * width + d]!;
    }
  }
  return { depth, width, batch, stride, weights: Float32Array.from(weights), slopes: turned };
}

/** values[n * batch + i] of a batch whose arrays may lie anywhere. */
export function evaluateProxy(proxy: StiffnessProxy, jacobians: JacobianBatch): Float32Array {
  const values = new Float32Array(jacobians.depth * jacobians.batch);
  const { space, inside } = place(jacobians, false);
  proxy.bind(space).evaluate(inside(), values);
  return values;
}

/** The values, and the gradient of the sum of cotangent[n * batch + i] * value[n * batch + i]. */
export function differentiateProxy(
  proxy: DifferentiableProxy,
  jacobians: JacobianBatch,
  cotangent: Float32Array,
): { values: Float32Array; gradient: JacobianGradient } {
  const values = new Float32Array(jacobians.depth * jacobians.batch);
  const { space, inside } = place(jacobians, true);
  const weights = space.kernels.arena.float32(jacobians.weights.length);
  const slopes = space.kernels.arena.float32(jacobians.slopes.length);
  const bound = proxy.bind(space);
  bound.evaluate(inside(), values);
  bound.pullbackSlopes(inside(), cotangent, slopes.array);
  bound.pullbackWeights(weights.array);
  return { values, gradient: { weights: weights.array.slice(), slopes: slopes.array.slice() } };
}

/** Copies a batch into kernels of its own. */
function place(
  jacobians: JacobianBatch,
  gradient: boolean,
): { space: ProxySpace; inside: () => JacobianBatch } {
  const kernels = createKernels();
  const { depth, width, batch } = jacobians;
  const weights = kernels.arena.float32(jacobians.weights.length);
  const slopes = kernels.arena.float32(jacobians.slopes.length);
  weights.array.set(jacobians.weights);
  slopes.array.set(jacobians.slopes);
  return {
    space: { kernels, depth, width, capacity: batch, rows: 0, gradient },
    inside: () => ({ ...jacobians, weights: weights.array, slopes: slopes.array }),
  };
}
