import { spectralRadiusOf } from "@stiffnet/stiffness";
import type { ReferenceProxy } from "./reference-gelfand.ts";

export interface SpectralReference extends ReferenceProxy {
  /** Of the dominant eigenvalue: how far an error of J is magnified in it. */
  readonly condition: number;
}

/** Spectral radius of J = diag(slopes) weights in float64, and its exact gradient. weights: [D, D] row-major; slopes: [D]. */
export function spectralRadius64(weights: Float64Array, slopes: Float64Array): SpectralReference {
  const D = slopes.length;
  const { radius, condition, gradient } = spectralRadiusOf(
    weights.map((w, at) => slopes[Math.floor(at / D)]! * w),
  );
  return {
    radius,
    condition,
    pullback(cotangent, gradWeights, gradSlopes) {
      for (let at = 0; at < D * D; at++) {
        const r = Math.floor(at / D);
        const dJ = cotangent * gradient[at]!;
        gradWeights[at]! += dJ * slopes[r]!;
        gradSlopes[r]! += dJ * weights[at]!;
      }
    },
  };
}
