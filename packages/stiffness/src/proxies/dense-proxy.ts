import type { BoundProxy, StiffnessProxy } from "../proxy.ts";
import { type DenseSolver, denseSolver, jacobian } from "../spectra/dense.ts";

/** A proxy that takes each Jacobian apart in float64. */
export function denseProxy(name: string, pick: (solve: DenseSolver, n: number) => number): StiffnessProxy {
  return {
    name,
    bind({ kernels, width }): BoundProxy {
      const solve = denseSolver(kernels, width);
      return {
        evaluate(jacobians, values) {
          for (let n = 0; n < jacobians.depth; n++) {
            for (let i = 0; i < jacobians.batch; i++) {
              jacobian(jacobians, n, i, solve.matrix);
              values[n * jacobians.batch + i] = pick(solve, width);
            }
          }
        },
      };
    },
  };
}
