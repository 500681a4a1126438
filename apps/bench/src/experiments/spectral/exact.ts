import type { JacobianBatch } from "@stiffnet/core";
import { spectralRadiusOf } from "@stiffnet/stiffness";

/** The spectral radii of a batch in float64, and the gradient of its penalty. */
export interface ExactBatch {
  /** [N * B], layer by layer; NaN where a Jacobian is not finite. */
  readonly radii: Float64Array;
  /** Condition of the dominant eigenvalue of each: how far an error of the Jacobian is magnified in it. */
  readonly conditions: Float64Array;
  /** d/dW of sum cotangent[n * B + i] * radius[n * B + i]: [N, D, D]. */
  gradient(cotangent: ArrayLike<number>): Float64Array;
}

/** Every Jacobian taken apart by QR iteration and inverse iteration in float64. About 20 D^3 operations
 *  each. */
export function exactBatch({ depth, width, batch, stride, weights, slopes }: JacobianBatch): ExactBatch {
  const squared = width * width;
  const slopeOf = (at: number, row: number): number =>
    slopes[(Math.floor(at / batch) * width + row) * stride + (at % batch)]!;
  const found = Array.from({ length: depth * batch }, (_, at) => {
    const layer = weights.subarray(Math.floor(at / batch) * squared, (Math.floor(at / batch) + 1) * squared);
    return spectralRadiusOf(Float64Array.from(layer, (w, k) => slopeOf(at, Math.floor(k / width)) * w));
  });
  return {
    radii: Float64Array.from(found, ({ radius }) => radius),
    conditions: Float64Array.from(found, ({ condition }) => condition),
    gradient(cotangent) {
      const total = new Float64Array(depth * squared);
      found.forEach(({ gradient }, at) => {
        if (cotangent[at] === 0) return;
        const from = Math.floor(at / batch) * squared;
        gradient.forEach((dJ, k) => {
          total[from + k]! += cotangent[at]! * dJ * slopeOf(at, Math.floor(k / width));
        });
      });
      return total;
    },
  };
}
