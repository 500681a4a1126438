import { type DifferentiableProxy, guarded } from "../proxy.ts";
import { denseOf } from "../spectra/dense.ts";
import { type SpectralRadii, spectralRadiiOf } from "../spectra/eigenpair.ts";
import { denseProxy } from "./dense-proxy.ts";

/** |l_1| by QR iteration in float64, exactly: the measure of every faster method. Its gradient is exact as
 *  well, by both eigenvectors, and takes each Jacobian apart once more: about 40 D^3 operations each,
 *  thousands of plain steps. See `spectra/eigenpair.ts` for where there is no derivative. */
export function denseSpectralRadius(): DifferentiableProxy {
  const values = denseProxy("spectralRadius", "eigenvalues", ({ n, re, im }, k) => {
    let largest = 0;
    for (let at = k * n; at < (k + 1) * n; at++) largest = Math.max(largest, Math.hypot(re[at]!, im[at]!));
    return largest;
  });
  return {
    name: values.name,
    bind(space) {
      const dense = denseOf(space.kernels, space.width);
      let found: ReturnType<SpectralRadii["gradient"]>;
      const add = (to: Float32Array, terms: Float64Array): void =>
        terms.forEach((x, k) => {
          to[k]! += Math.fround(x);
        });
      return guarded(space, {
        evaluate: values.bind(space).evaluate,
        pullbackSlopes(jacobians, cotangent, slopes) {
          found = spectralRadiiOf(jacobians, dense).gradient(cotangent);
          add(slopes, found.slopes);
        },
        pullbackWeights: (weights) => add(weights, found.weights),
      });
    },
  };
}
