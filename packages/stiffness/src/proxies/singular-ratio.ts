import type { StiffnessProxy } from "../proxy.ts";
import { largestRatio } from "../spectra/ratio.ts";
import { denseProxy } from "./dense-proxy.ts";

/** sigma_1 / sigma_n, above the ratio of the moduli of the eigenvalues; at most 1e12, since a smaller sigma_n
 *  is rounding; NaN for J = 0. */
export function singularRatio(): StiffnessProxy {
  return denseProxy("singularRatio", "singularValues", ({ n, re }, k) => {
    const [largest, smallest] = [re[k * n]!, re[(k + 1) * n - 1]!];
    return largest === 0 ? Number.NaN : Math.min(largest / smallest, largestRatio);
  });
}
