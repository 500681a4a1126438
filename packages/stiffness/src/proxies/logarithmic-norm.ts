import {
  type LanczosLayer,
  type LanczosOptions,
  type LanczosOrDense,
  lanczosOrDense,
} from "../iteration/lanczos.ts";
import type { DifferentiableProxy, StiffnessProxy } from "../proxy.ts";
import { denseProxy } from "./dense-proxy.ts";

/** The logarithmic norm mu_2(J) = lim (|I + h J|_2 - 1) / h for h to 0, the largest eigenvalue of (J + J^T) /
 *  2 (also: the numerical abscissa), in 1/time: solutions of h' = J h grow at most like exp(mu t), from the
 *  very first moment, and two of a nonlinear field whose Jacobians have mu part no faster. Between the
 *  largest Re(l) and sigma_1; negative where all that J does is contract. A penalty adds its square to the
 *  loss, and so draws it to 0 from both sides.
 *
 *  "lanczos" (default): the Lanczos method on (J + J^T) / 2 for all samples of a layer at once. Each sample
 *  starts from its last vector. The value is v^T J v of a unit vector, so never above the exact
 *  one by more than rounding. Its residual is relative to the norm of the symmetric part, since mu may be 0.
 *  The gradient is v v^T. A multiple mu has no derivative, and an element of the subdifferential is returned.
 *  J = 0:
 *  value and gradient 0. What is not finite: NaN and gradient 0.
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
