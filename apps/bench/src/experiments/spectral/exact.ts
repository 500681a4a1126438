import type { JacobianBatch } from "@stiffnet/core";
import { type SpectralReference, spectralRadius64 } from "../step/reference-spectral.ts";

/** The spectral radii of a batch in float64, and the gradient of its penalty. */
export interface ExactBatch {
  /** [N * B], layer by layer; NaN where a Jacobian is not finite. */
  readonly radii: Float64Array;
  /** Condition of the dominant eigenvalue of each. */
  readonly conditions: Float64Array;
  /** d/dW of sum cotangent[n * B + i] * radius[n * B + i]: [N, D, D]. */
  gradient(cotangent: ArrayLike<number>): Float64Array;
}

/** Every Jacobian taken apart by QR iteration and inverse iteration in float64. About 20 D^3 operations each. */
export function exactBatch({ depth, width, batch, stride, weights, slopes }: JacobianBatch): ExactBatch {
  const squared = width * width;
  const layers = Array.from({ length: depth }, (_, n) =>
    Float64Array.from(weights.subarray(n * squared, (n + 1) * squared)),
  );
  const pairs: SpectralReference[] = layers.flatMap((layer, n) =>
    Array.from({ length: batch }, (_, i) =>
      spectralRadius64(
        layer,
        Float64Array.from({ length: width }, (_, d) => slopes[(n * width + d) * stride + i]!),
      ),
    ),
  );
  return {
    radii: Float64Array.from(pairs, ({ radius }) => radius),
    conditions: Float64Array.from(pairs, ({ condition }) => condition),
    gradient(cotangent) {
      const gradient = new Float64Array(depth * squared);
      const gradSlopes = new Float64Array(width);
      pairs.forEach(({ pullback }, at) => {
        if (cotangent[at] === 0) return;
        const n = Math.floor(at / batch);
        pullback(cotangent[at]!, gradient.subarray(n * squared, (n + 1) * squared), gradSlopes);
      });
      return gradient;
    },
  };
}
