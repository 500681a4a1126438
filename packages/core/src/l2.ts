import { needed, nonNegative } from "@stiffnet/base";
import { unchecked } from "@stiffnet/kernels/unchecked";
import { requireOptions } from "./errors.ts";
import type { Penalty } from "./penalty.ts";

/** p = mean over the parameter tensors of their Euclidean (Frobenius) norm, the same for every sample
 *  (slides p. 16). The norm of a zero tensor has no derivative: 0 is used. */
export function l2Penalty(weight: number): Penalty {
  requireOptions("l2Penalty", { weight }, { weight: needed(nonNegative) });
  return {
    name: "l2",
    weight,
    bind({ layout, kernels }) {
      const { arena, call } = unchecked(kernels);
      const norms = new Float64Array(layout.slots.length);
      let total = 0;
      let at: Float32Array;
      const mean = (flat: Float32Array): number => {
        const parameters = arena.blockOf(flat);
        let sum = 0;
        layout.slots.forEach((slot, t) => {
          norms[t] = Math.sqrt(call.sumSquares(parameters.at(slot.offset, slot.size), slot.size));
          sum += norms[t]!;
        });
        return sum / norms.length;
      };
      return {
        evaluate({ parameters, jacobians }, values) {
          values.fill(mean(parameters), 0, jacobians.batch);
        },
        pullbackSlopes({ parameters, jacobians }, cotangent) {
          at = parameters;
          total = 0;
          for (let i = 0; i < jacobians.batch; i++) total += cotangent[i]!;
        },
        pullbackWeights({ parameters }) {
          const [y, x] = [arena.blockOf(parameters), arena.blockOf(at)];
          layout.slots.forEach((slot, t) => {
            if (norms[t] === 0) return;
            const factor = total / (norms.length * norms[t]!);
            const { offset, size } = slot;
            call.addScaled({ y: y.at(offset, size), x: x.at(offset, size), a: factor, size });
          });
        },
      };
    },
  };
}
