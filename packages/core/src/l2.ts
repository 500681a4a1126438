import { ConfigError } from "./errors.ts";
import type { Penalty } from "./penalty.ts";

/** p = mean over the parameter tensors of their Euclidean (Frobenius) norm, the same for every sample (slides p. 16).
 *  Where a tensor is zero its norm has no derivative: 0 is used. */
export function l2Penalty(weight: number): Penalty {
  requireWeight("l2Penalty", weight);
  return {
    name: "l2",
    weight,
    bind({ layout, kernels }) {
      const norms = new Float64Array(layout.slots.length);
      const mean = (parameters: Float32Array): number => {
        let sum = 0;
        layout.slots.forEach((slot, t) => {
          norms[t] = Math.sqrt(kernels.call.sum_squares(parameters.byteOffset + 4 * slot.offset, slot.size));
          sum += norms[t]!;
        });
        return sum / norms.length;
      };
      return {
        evaluate({ parameters, jacobians }, values) {
          values.fill(mean(parameters), 0, jacobians.batch);
        },
        pullback({ parameters, jacobians }, cotangent, gradient) {
          let total = 0;
          for (let i = 0; i < jacobians.batch; i++) total += cotangent[i]!;
          layout.slots.forEach((slot, t) => {
            if (norms[t] === 0) return;
            const at = 4 * slot.offset;
            const factor = total / (norms.length * norms[t]!);
            kernels.call.add_scaled(
              gradient.parameters.byteOffset + at,
              parameters.byteOffset + at,
              factor,
              slot.size,
            );
          });
        },
      };
    },
  };
}

export function requireWeight(who: string, weight: number): void {
  if (!(weight >= 0 && Number.isFinite(weight))) {
    throw new ConfigError(`${who}: weight is ${weight}, expected a number of at least 0`);
  }
}
