import type { Model } from "@stiffnet/core";
import { type Measurement, measure, type StiffnessProxy, singularValuesOf } from "@stiffnet/stiffness";

/** How much a small perturbation of the state behind the lift can have grown behind each layer: the largest
 *  singular value of (I + alpha J_n) ... (I + alpha J_1), for each sample. */
export function growthOf(
  model: Model,
  samples: { readonly inputs: Float64Array },
  options: { readonly most?: number } = {},
): Measurement {
  const { horizon, depth } = model.config;
  return measure(model, samples, growth(horizon / depth), options);
}

function growth(alpha: number): StiffnessProxy {
  return {
    name: "growth",
    bind: () => ({
      evaluate({ depth, width: D, batch, stride, weights, slopes }, values) {
        for (let i = 0; i < batch; i++) {
          let product = Float64Array.from({ length: D * D }, (_, k) => (k % (D + 1) === 0 ? 1 : 0));
          for (let n = 0; n < depth; n++) {
            const next = product.slice();
            for (let r = 0; r < D; r++) {
              const slope = alpha * slopes[(n * D + r) * stride + i]!;
              for (let k = 0; k < D; k++) {
                const entry = slope * weights[(n * D + r) * D + k]!;
                for (let c = 0; c < D; c++) next[r * D + c]! += entry * product[k * D + c]!;
              }
            }
            product = next;
            values[n * batch + i] = singularValuesOf(product)[0]!;
          }
        }
      },
    }),
  };
}
