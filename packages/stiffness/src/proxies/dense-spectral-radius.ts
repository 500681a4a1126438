import type { DifferentiableProxy } from "../proxy.ts";
import { jacobian } from "../spectra/dense.ts";
import { spectralRadiusOf } from "../spectra/eigenpair.ts";
import { denseProxy } from "./dense-proxy.ts";

/** |l_1| by QR iteration in float64, exactly: the measure of every faster method. Its gradient is exact as
 *  well, by both eigenvectors, and takes each Jacobian apart once more: about 40 D^3 operations each,
 *  thousands of plain steps. See `spectralRadiusOf` for where there is no derivative. */
export function denseSpectralRadius(): DifferentiableProxy {
  const values = denseProxy("spectralRadius", (solve, n) => {
    if (solve.eigenvalues() !== 0) return Number.NaN;
    let largest = 0;
    for (let k = 0; k < n; k++) largest = Math.max(largest, Math.hypot(solve.re[k]!, solve.im[k]!));
    return largest;
  });
  return {
    name: values.name,
    bind(space) {
      const matrix = new Float64Array(space.width ** 2);
      return {
        evaluate: values.bind(space).evaluate,
        pullback(jacobians, cotangent, gradient) {
          const { depth, width, batch, stride, weights, slopes } = jacobians;
          for (let n = 0; n < depth; n++) {
            for (let i = 0; i < batch; i++) {
              const c = cotangent[n * batch + i]!;
              if (c === 0) continue;
              jacobian(jacobians, n, i, matrix);
              const { gradient: dRadius } = spectralRadiusOf(matrix);
              for (let r = 0; r < width; r++) {
                const slope = (n * width + r) * stride + i;
                for (let k = 0; k < width; k++) {
                  const at = (n * width + r) * width + k;
                  const dJ = c * dRadius[r * width + k]!;
                  if (dJ === 0) continue;
                  gradient.weights[at]! += dJ * slopes[slope]!;
                  gradient.slopes[slope]! += dJ * weights[at]!;
                }
              }
            }
          }
        },
      };
    },
  };
}
