import type { StiffnessProxy } from "../proxy.ts";
import { denseProxy } from "./dense-proxy.ts";

/** sigma_1 / sigma_n, above the ratio of the moduli of the eigenvalues; infinity for a singular Jacobian that
 *  is not 0, NaN for 0. */
export function singularRatio(): StiffnessProxy {
  return denseProxy("singularRatio", "singularValues", ({ n, re }, k) => re[k * n]! / re[(k + 1) * n - 1]!);
}
