import type { JacobianBatch } from "@stiffnet/core";
import { padded } from "@stiffnet/kernels";
import { unchecked } from "@stiffnet/kernels/unchecked";
import {
  type BoundDifferentiableProxy,
  type DifferentiableProxy,
  guarded,
  type ProxySpace,
} from "../proxy.ts";

/** 1 / s beyond this counts as infinite. */
const largestInverse = 1e30;

/** The proxy of J^-1 in the place of J. The transpose of J^-1 has the form of a Jacobian, J^-T = diag(1 / s)
 *  W^-T, so that one inverse a layer, in float64, serves all samples. A singular J has the value 0 and the
 *  gradient 0. The proxy must not tell a matrix from its transpose. */
export function inverseOf(proxy: DifferentiableProxy): DifferentiableProxy {
  return { name: `${proxy.name} of the inverse`, bind: (space) => bind(proxy, space) };
}

function bind(proxy: DifferentiableProxy, space: ProxySpace): BoundDifferentiableProxy {
  const { depth, width, capacity, gradient } = space;
  const { arena, call, threads } = unchecked(space.kernels);
  const bound = proxy.bind(space);
  const size = depth * width * width;
  const lanes = depth * width * padded(capacity);
  const inverses = arena.float32(size);
  const pulled = arena.float32(gradient ? size : 0);
  const slopes = arena.float32(lanes);
  const pulledSlopes = arena.float32(gradient ? lanes : 0);
  const scratch = arena.float64(threads * width * (width + 1));
  const rows = arena.float32(gradient ? threads * 3 * width * padded(width) : 0);
  const inverse = (jacobians: JacobianBatch): JacobianBatch => ({
    ...jacobians,
    weights: inverses.array,
    slopes: slopes.array.subarray(0, depth * width * jacobians.stride),
  });
  return guarded(space, {
    ...bound,
    evaluate(jacobians, values, indices) {
      call.inverseTransposed({ depth, width, weights: arena.blockOf(jacobians.weights), inverses, scratch });
      invertSlopes(jacobians, slopes.array);
      bound.evaluate(inverse(jacobians), values, indices);
    },
    pullbackSlopes(jacobians, cotangent, to) {
      const used = depth * width * jacobians.stride;
      const own = pulledSlopes.array.subarray(0, used).fill(0);
      bound.pullbackSlopes(inverse(jacobians), cotangent, own);
      const { array: t } = slopes;
      for (let at = 0; at < used; at++) to[at]! -= own[at]! * t[at]! * t[at]!;
    },
    pullbackWeights(weights) {
      pulled.array.fill(0);
      bound.pullbackWeights(pulled.array);
      const gradWeights = arena.blockOf(weights);
      call.inversePullback({ depth, width, inverses, pulled, gradWeights, scratch: rows });
    },
  });
}

/** 1 / s of every sample; 0 throughout a sample's layer that has a slope of 0. */
function invertSlopes({ depth, width, batch, stride, slopes }: JacobianBatch, to: Float32Array): void {
  for (let n = 0; n < depth; n++) {
    const from = n * width * stride;
    for (let i = 0; i < stride; i++) {
      let singular = i >= batch;
      for (let at = from + i; at < from + width * stride; at += stride) {
        to[at] = 1 / slopes[at]!;
        singular ||= Math.abs(to[at]!) > largestInverse;
      }
      if (!singular) continue;
      for (let at = from + i; at < from + width * stride; at += stride) to[at] = 0;
    }
  }
}
