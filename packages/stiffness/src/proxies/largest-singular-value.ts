import type { Dense } from "@stiffnet/kernels";
import { type LanczosOptions, type LanczosOrDense, lanczosOrDense } from "../iteration/lanczos.ts";
import type { DifferentiableProxy, StiffnessProxy } from "../proxy.ts";
import { denseProxy } from "./dense-proxy.ts";

/** sigma_1, the largest singular value of J, in 1/time: the most that J stretches any direction. At least the
 *  spectral radius.
 *
 *  "lanczos" (default): the Lanczos method on J^T J for all samples of a layer at once. Each sample starts
 *  from its last vector. The value is |J v| of a unit vector, so it exceeds the exact one at most by
 *  rounding. Gradient: u v^T. A multiple sigma_1 has no derivative. The derivative of the vector found is
 *  returned, an element of the subdifferential. J = 0: value and gradient 0. Entries that are not finite give
 *  NaN and gradient 0.
 *
 *  "dense": the root of the largest eigenvalue of J J^T, by bisection in float64. Exact, not
 *  differentiable. */
export function largestSingularValue(options?: { method?: "lanczos" } & LanczosOptions): DifferentiableProxy;
export function largestSingularValue(options: { method: "dense" }): StiffnessProxy;
export function largestSingularValue(options: LanczosOrDense = {}): StiffnessProxy {
  const first = ({ n, re }: Dense, k: number) => re[k * n]!;
  const dense = denseProxy("largestSingularValue", "largestSingularValues", first);
  return lanczosOrDense("largestSingularValue", dense, (call, layer) => call.singularLayer(layer), options);
}
