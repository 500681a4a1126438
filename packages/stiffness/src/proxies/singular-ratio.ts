import { oneOf } from "@stiffnet/base";
import { requireOptions } from "@stiffnet/core";
import type { LanczosOptions } from "../iteration/lanczos.ts";
import { share } from "../iteration/options.ts";
import type { DifferentiableProxy, StiffnessProxy } from "../proxy.ts";
import { largestRatio } from "../spectra/ratio.ts";
import { denseProxy } from "./dense-proxy.ts";
import { largestSingularValue } from "./largest-singular-value.ts";
import { ratio } from "./ratio.ts";

/** sigma_1 / sigma_n, at least the ratio of the moduli of the eigenvalues. No unit. Penalise its `logarithm`.
 *
 *  "lanczos" (default): r = sigma_1(J) sigma_1(J^-1), as r / (1 + floor r) with a `floor` of 1e-6, so at most
 *  1e6. The gradient goes through both pairs of singular vectors. It is 0 at a singular J and at J = 0, whose
 *  value is 1.
 *
 *  "dense": one-sided Jacobi rotations in float64, exact. The ratio is at most 1e12, since a smaller sigma_n
 *  is rounding. NaN for J = 0. */
export function singularRatio(
  options?: { method?: "lanczos"; floor?: number } & LanczosOptions,
): DifferentiableProxy;
export function singularRatio(options: { method: "dense" }): StiffnessProxy;
export function singularRatio(
  options: { method?: "lanczos" | "dense"; floor?: number } & LanczosOptions = {},
): StiffnessProxy {
  const { method, floor = 1e-6, ...own } = options;
  if (method === "dense")
    requireOptions<{ method?: string }>("singularRatio", options, { method: oneOf("dense") });
  requireOptions<{ floor?: number }>("singularRatio", { floor }, { floor: share });
  const exact = denseProxy("singularRatio", "singularValues", ({ n, re }, k) => {
    const [largest, smallest] = [re[k * n]!, re[(k + 1) * n - 1]!];
    return largest === 0 ? Number.NaN : Math.min(largest / smallest, largestRatio);
  });
  if (method === "dense") return exact;
  const size = largestSingularValue({ ...own, ...(method && { method }) });
  return ratio(`singularRatio (of ${size.name}, floor ${floor})`, size, { exact, floor, subset: 0.2 });
}
