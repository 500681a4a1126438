import { concatenated } from "@stiffnet/base";
import { inverseOf } from "../iteration/inverse.ts";
import type { BoundDifferentiableProxy, DifferentiableProxy, ProxySpace, StiffnessProxy } from "../proxy.ts";

/** The size of J times that of J^-1, r = size(J) size(J^-1), as r / (1 + floor r): never above 1 / floor,
 *  where its gradient fades. A singular J has the value 1 / floor and the gradient 0. J = 0, and a J that is
 *  nilpotent to rounding, have the value 1 and the gradient 0. */
export function ratio(
  name: string,
  size: DifferentiableProxy,
  { exact, floor, subset }: { exact: StiffnessProxy; floor: number; subset: number },
): DifferentiableProxy {
  return { name, exact, subset, bind: (space) => bind(size, floor, space) };
}

function bind(size: DifferentiableProxy, floor: number, space: ProxySpace): BoundDifferentiableProxy {
  const parts = [size.bind(space), inverseOf(size).bind(space)] as const;
  const [values, pulled] = [0, 1].map(() => parts.map(() => new Float32Array(space.depth * space.capacity)));
  const [above, below] = values as [Float32Array, Float32Array];
  return {
    evaluate(jacobians, out, indices) {
      parts.forEach((part, k) => {
        part.evaluate(jacobians, values![k]!, indices);
      });
      for (let k = 0; k < jacobians.depth * jacobians.batch; k++) {
        const r = above[k]! * below[k]!;
        if (above[k] === 0) out[k] = 1;
        else if (below[k] === 0 || r === Number.POSITIVE_INFINITY) out[k] = 1 / floor;
        else out[k] = r / (1 + floor * r);
      }
    },
    pullbackSlopes(jacobians, cotangent, slopes) {
      const [toAbove, toBelow] = pulled as [Float32Array, Float32Array];
      for (let k = 0; k < jacobians.depth * jacobians.batch; k++) {
        const r = above[k]! * below[k]!;
        const along = r > 0 && r < Number.POSITIVE_INFINITY ? cotangent[k]! / (1 + floor * r) ** 2 : 0;
        toAbove[k] = along === 0 ? 0 : along * below[k]!;
        toBelow[k] = along === 0 ? 0 : along * above[k]!;
      }
      parts.forEach((part, k) => {
        part.pullbackSlopes(jacobians, pulled![k]!, slopes);
      });
    },
    pullbackWeights(weights) {
      for (const part of parts) part.pullbackWeights(weights);
    },
    statistics() {
      const [own, inverse] = parts.map((part) => part.statistics?.() ?? {});
      const named = Object.entries(inverse!).map(([name, figure]) => [`${name}OfInverse`, figure]);
      return { ...own, ...Object.fromEntries(named) };
    },
    state: () =>
      concatenated(
        Float32Array,
        parts.map((part) => part.state?.() ?? []),
      ),
    restore(state) {
      const half = state.length / 2;
      parts.forEach((part, k) => {
        part.restore?.(state.subarray(k * half, (k + 1) * half));
      });
    },
  };
}
