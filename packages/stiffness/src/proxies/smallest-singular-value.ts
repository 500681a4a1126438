import { inverseOf } from "../iteration/inverse.ts";
import type { LanczosOptions } from "../iteration/lanczos.ts";
import type { DifferentiableProxy, StiffnessProxy } from "../proxy.ts";
import { denseProxy } from "./dense-proxy.ts";
import { largestSingularValue } from "./largest-singular-value.ts";
import { mapped } from "./mapped.ts";

/** sigma_n, the smallest singular value of J, in 1/time: the least that J stretches any direction. At most
 *  the modulus of any eigenvalue.
 *
 *  "lanczos" (default): 1 / sigma_1(J^-1), with W inverted in float64 and the Lanczos method on J^-1. The
 *  value falls below the exact one at most by rounding. Gradient: u v^T, for a multiple sigma_n with the
 *  vector found. A singular J: value and gradient 0. Entries that are not finite give NaN and gradient 0.
 *  Works for entries from 1e-18 to 1e18.
 *
 *  "dense": one-sided Jacobi rotations in float64. Exact, not differentiable. */
export function smallestSingularValue(options?: { method?: "lanczos" } & LanczosOptions): DifferentiableProxy;
export function smallestSingularValue(options: { method: "dense" }): StiffnessProxy;
export function smallestSingularValue(
  options: { method?: "lanczos" | "dense" } & LanczosOptions = {},
): StiffnessProxy {
  const { method, ...own } = options;
  const dense = denseProxy("smallestSingularValue", "singularValues", ({ n, re }, k) => re[(k + 1) * n - 1]!);
  if (method === "dense") return dense;
  const reciprocal = mapped(inverseOf(largestSingularValue({ ...own, ...(method && { method }) })), {
    name: (of) => of.replace("largestSingularValue", "smallestSingularValue").replace(" of the inverse", ""),
    value: (x) => (x === 0 ? 0 : 1 / x),
    slope: (x) => (x > 0 ? -1 / (x * x) : 0),
  });
  return { ...reciprocal, exact: dense } as DifferentiableProxy;
}
