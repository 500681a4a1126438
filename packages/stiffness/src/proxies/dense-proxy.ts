import type { Dense, DenseFunction } from "@stiffnet/kernels";
import { type BoundProxy, guarded, type StiffnessProxy } from "../proxy.ts";
import { denseOf, eachJacobian } from "../spectra/dense.ts";

/** A proxy that takes each Jacobian apart in float64; `pick` makes a number of what stands of matrix k. */
export function denseProxy(
  name: string,
  what: DenseFunction,
  pick: (dense: Dense, k: number) => number,
): StiffnessProxy {
  return {
    name,
    bind(space): BoundProxy {
      const dense = denseOf(space.kernels, space.width);
      return guarded(space, {
        evaluate(jacobians, values) {
          eachJacobian(dense, what, jacobians, ({ layer, sample, k }) => {
            values[layer * jacobians.batch + sample] = pick(dense, k);
          });
        },
      });
    },
  };
}
