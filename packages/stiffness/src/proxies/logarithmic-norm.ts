import {
  type LanczosLayer,
  type LanczosOptions,
  type LanczosOrDense,
  lanczosOrDense,
} from "../iteration/lanczos.ts";
import type { DifferentiableProxy, StiffnessProxy } from "../proxy.ts";
import { denseProxy } from "./dense-proxy.ts";

/** The logarithmic norm mu_2(J) = lim (|I + h J|_2 - 1) / h for h to 0, in 1/time. It is the largest
 *  eigenvalue of (J + J^T) / 2, also called the numerical abscissa. Solutions of h' = J h grow at most like
 *  exp(mu t), from the first moment. Two solutions of a nonlinear field whose Jacobians have mu part no
 *  faster. mu lies between the largest Re(l) and sigma_1. It is negative if J contracts all directions. A
 *  penalty adds mu^2 to the loss, so it pulls mu to 0 from both sides.
 *
 *  "lanczos" (default): the Lanczos method on (J + J^T) / 2 for all samples of a layer at once. Each sample
 *  starts from its last vector. The value is v^T J v of a unit vector, so it exceeds the exact one at most by
 *  rounding. Its residual is relative to the norm of the symmetric part, since mu may be 0. The gradient is
 *  v v^T. A multiple mu has no derivative, and an element of the subdifferential is returned. J = 0: value
 *  and gradient 0. Entries that are not finite give NaN and gradient 0.
 *
 *  "dense": tridiagonal form and bisection in float64, exact, not differentiable.
 *
 *  @see Dahlquist 1958; Soederlind, The logarithmic norm: history and modern theory, BIT 46 (2006) */
export function logarithmicNorm(options?: { method?: "lanczos" } & LanczosOptions): DifferentiableProxy;
export function logarithmicNorm(options: { method: "dense" }): StiffnessProxy;
export function logarithmicNorm(options: LanczosOrDense = {}): StiffnessProxy {
  const layerOf: LanczosLayer = (call, layer) => call.logarithmicNormLayer(layer);
  const dense = denseProxy("logarithmicNorm", "logarithmicNorms", ({ n, re }, k) => re[k * n]!);
  const usual = { tolerance: 5e-2, fewest: 1, most: 6, subset: 0.2 };
  return lanczosOrDense("logarithmicNorm", dense, layerOf, options, usual);
}
