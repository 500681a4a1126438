import { ConfigError, type Penalty } from "@stiffnet/core";
import type { DifferentiableProxy } from "./proxy.ts";

export interface StiffnessPenaltyOptions {
  /** lambda of the loss; the slides use 1e-3. */
  readonly weight: number;
  /** How the layers' values become p_i: their mean (default), sum or largest. */
  readonly aggregate?: "mean" | "sum" | "max";
}

/** p_i = aggregate over layers n of proxy(J_{n,i}), added to the loss as weight * p_i^2 (slides p. 12, 16). Its
 *  gradient is exact: it flows into the weights directly and, through s''(z), into everything before. */
export function stiffnessPenalty(proxy: DifferentiableProxy, options: StiffnessPenaltyOptions): Penalty {
  const { weight, aggregate = "mean" } = options;
  if (!(weight >= 0 && Number.isFinite(weight))) {
    throw new ConfigError(`stiffnessPenalty: weight is ${weight}, expected a number of at least 0`);
  }
  if (aggregate !== "mean" && aggregate !== "sum" && aggregate !== "max") {
    throw new ConfigError(`stiffnessPenalty: aggregate is '${aggregate}', expected mean, sum or max`);
  }
  return {
    name: `stiffness ${proxy.name} ${aggregate}`,
    weight,
    bind({ config: { depth, width }, layout, kernels, capacity, rows }) {
      const bound = proxy.bind({ kernels, depth, width, capacity, rows, gradient: true });
      const values = new Float32Array(depth * capacity);
      const cotangents = new Float32Array(depth * capacity);
      const blocks = layout.blocks[0]!.weight.offset;
      const scale = aggregate === "mean" ? 1 / depth : 1;
      /** Layer of the largest value; the first of equal ones. */
      const largest = (batch: number, i: number): number => {
        let at = 0;
        for (let n = 1; n < depth; n++) if (values[n * batch + i]! > values[at * batch + i]!) at = n;
        return at;
      };
      return {
        evaluate({ jacobians, indices }, p) {
          const { batch } = jacobians;
          bound.evaluate(jacobians, values, indices);
          for (let i = 0; i < batch; i++) {
            let sum = 0;
            for (let n = 0; n < depth; n++) sum += values[n * batch + i]!;
            p[i] =
              aggregate === "max" && !Number.isNaN(sum)
                ? values[largest(batch, i) * batch + i]!
                : scale * sum;
          }
        },
        pullback({ jacobians }, cotangent, gradient, gradSlopes) {
          const { batch } = jacobians;
          for (let i = 0; i < batch; i++) {
            const only = aggregate === "max" ? largest(batch, i) : -1;
            for (let n = 0; n < depth; n++) {
              cotangents[n * batch + i] = only === -1 || only === n ? scale * cotangent[i]! : 0;
            }
          }
          bound.pullback(jacobians, cotangents, gradient.subarray(blocks), gradSlopes);
        },
        ...(bound.statistics && { statistics: () => bound.statistics!() }),
        ...(bound.state && { state: () => bound.state!() }),
        ...(bound.restore && { restore: (state) => bound.restore!(state) }),
      };
    },
  };
}
