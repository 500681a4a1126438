import { anyNumber, whole } from "@stiffnet/base";
import { requireOptions } from "@stiffnet/core";
import { createArnoldi, largestKrylov } from "@stiffnet/kernels/unchecked";
import { iterated } from "../iteration/iterate.ts";
import { requireBounds, requireTolerance } from "../iteration/options.ts";
import type { DifferentiableProxy } from "../proxy.ts";
import { denseSpectralRadius } from "./dense-spectral-radius.ts";

export interface ArnoldiOptions {
  /** Median over a layer's samples of the relative residual |J v - l v| / |l| that the Krylov dimension is
   *  adapted to; more than a tenth of them beyond three times as much lengthens it too. Default 4e-2; 1.5e-2
   *  keeps most values within 1e-3. */
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
 *  vector of the last time it was seen; the dimension of the Krylov space follows the residuals, layer by
 *  layer.
 *
 *  Gradient: d|l| = |l| u^T dJ x / (u^T J x), with x the start vector after 16 products with the projected J,
 *  and u = (J^T)^(k-1) J^k x, k = `powers`. It is not the derivative of |l_1|, but a smoother direction that
 *  lowers it: spread over the eigenvalues that are nearly as large, and of a complex pair at one phase. Only
 *  for a real l_1 that stands apart does it tend to the derivative as k grows. |u| |x| / |u^T J x| is cut at
 *  1000 / |l| (counted as `capped`): the derivative is unbounded at defective matrices, and 0 where |l| is
 *  beyond float32's range beside |J|. J = 0: value and gradient 0. NaN in gives NaN out, gradient 0.
 *
 *  Values are approximations, for training; what is reported is computed by `exact`. */
export function arnoldi(options: ArnoldiOptions = {}): DifferentiableProxy {
  requireOptions("spectralRadius", options, {
    tolerance: anyNumber,
    fewest: anyNumber,
    most: anyNumber,
    powers: whole(1, 32),
  });
  const { tolerance = 4e-2, fewest = 5, most = 12, powers = 4 } = options;
  requireTolerance("spectralRadius", tolerance);
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
        ...{ blocks: 1, terms: 1, tolerance, fewest: Math.min(fewest, width), most: Math.min(most, width) },
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
