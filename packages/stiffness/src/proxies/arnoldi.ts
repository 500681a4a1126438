import { anyNumber, whole } from "@stiffnet/base";
import { requireOptions } from "@stiffnet/core";
import { createArnoldi, largestKrylov } from "@stiffnet/kernels/unchecked";
import { iterated } from "../iteration/iterate.ts";
import { requireBounds, share } from "../iteration/options.ts";
import type { DifferentiableProxy } from "../proxy.ts";
import { denseSpectralRadius } from "./dense-spectral-radius.ts";

export interface ArnoldiOptions {
  /** The Krylov dimension of a layer grows and shrinks, so that the median of the relative residuals
   *  |J v - l v| / |l| stays near this tolerance. It also grows if more than a tenth of the residuals exceed
   *  three times the tolerance. Default 4e-2. With 1.5e-2 most values are exact to 1e-3. */
  readonly tolerance?: number;
  /** Bounds of the Krylov dimension. Defaults 5 and 12. */
  readonly fewest?: number;
  readonly most?: number;
  /** Powers of J that the gradient is taken over, 1 to 32. Default 4, which trains best. The gradient is the
   *  derivative of |l_1| for many powers only if l_1 is real and stands apart. On random Jacobians
   *  more powers are not nearer to it: see the table in docs/research/stiffness/proxies.md. */
  readonly powers?: number;
}

/** |l_1| by Arnoldi iteration on all samples of a layer at once. Each (layer, sample) starts from its own
 *  vector of its last visit. The dimension of a layer's Krylov space follows the residuals.
 *
 *  Gradient: d|l| = |l| u^T dJ x / (u^T J x), with x the start vector after 16 products with the projected J,
 *  and u = (J^T)^(k-1) J^k x, k = `powers`. It is not the derivative of |l_1|, but a smoother direction that
 *  lowers it. It is spread over all eigenvalues of nearly the same modulus, and takes a complex pair at one
 *  phase. As k grows it tends to the derivative only if l_1 is real and separated. |u| |x| / |u^T J x| is cut
 *  at 1000 / |l| (counted as `capped`), since the derivative is unbounded at defective matrices. The gradient
 *  is 0 if |l| / |J| is below float32's range. J = 0: value and gradient 0. NaN in gives NaN out, gradient 0.
 *
 *  Values are approximations for training. Reports use `exact`. */
export function arnoldi(options: ArnoldiOptions = {}): DifferentiableProxy {
  requireOptions("spectralRadius", options, {
    tolerance: share,
    fewest: anyNumber,
    most: anyNumber,
    powers: whole(1, 32),
  });
  const { tolerance = 4e-2, fewest = 5, most = 12, powers = 4 } = options;
  requireBounds("spectralRadius", "Krylov dimensions", { fewest, most }, [2, largestKrylov]);
  return {
    name: `spectralRadius (arnoldi, tolerance ${tolerance}, ${fewest} to ${most}, ${powers} powers)`,
    exact: denseSpectralRadius(),
    subset: 0.2,
    bind(space) {
      const { width } = space;
      const { run, capped, ...buffers } = createArnoldi(space.kernels, space);
      const own = space.gradient ? powers : 0;
      return iterated(space, {
        ...buffers,
        blocks: 1,
        terms: 1,
        tolerance,
        fewest: Math.min(fewest, width),
        most: Math.min(most, width),
        flags: { capped: 1 },
        flagged: capped,
        adapt({ batch, above, far }) {
          if (2 * above > batch || 10 * far > batch) return 1;
          return 4 * above < batch && 20 * far < batch ? -1 : 0;
        },
        run({ batch, stride, efforts: lengths, weights, slopes, vectors }) {
          run({ stride, lengths, powers: own, weights, slopes, vectors });
          return batch * lengths.array.reduce((sum, length) => sum + length + Math.max(0, own - 1), 0);
        },
      });
    },
  };
}
