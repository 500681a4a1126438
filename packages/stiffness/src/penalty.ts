import { nonNegativeFault } from "@stiffnet/base";
import { ConfigError, type JacobianBatch, type Penalty, requireFields, stateWidth } from "@stiffnet/core";
import type { DifferentiableProxy } from "./proxy.ts";
import { createSubset } from "./sample-subset.ts";

export interface StiffnessPenaltyOptions {
  /** lambda of the loss; the slides use 1e-3. */
  readonly weight: number;
  /** How the layers' values become p_i: their mean (default), sum or largest. */
  readonly aggregate?: "mean" | "sum" | "max";
  /** Share of a batch's samples whose Jacobians are evaluated each step, drawn anew: between 0 and 1, all by
   *  default. Each stands for itself and for others, so that the sums of p_i and p_i^2 over a batch, and the
   *  gradient of the latter, have those of the whole batch for their mean. With m of B samples, the variance
   *  of the mean square is that of p_i^2 between samples times (1 / m - 1 / B) (a little more where m does
   *  not divide B). Whole samples are drawn, all layers of each: were layers drawn apart, p_i^2 would be too
   *  large by the variance of its estimate. */
  readonly subset?: number;
}

/** p_i = aggregate over layers n of proxy(J_{n,i}), added to the loss as weight * p_i^2 (slides p. 12, 16).
 *  Its gradient is exact: it flows into the weights directly and, through s''(z), into everything before. Of
 *  several equal largest layers "max" follows the first. */
export function stiffnessPenalty(proxy: DifferentiableProxy, options: StiffnessPenaltyOptions): Penalty {
  const { weight, aggregate = "mean", subset: share } = options;
  requireFields("stiffnessPenalty", { weight: nonNegativeFault(weight) });
  if (aggregate !== "mean" && aggregate !== "sum" && aggregate !== "max") {
    throw new ConfigError(`stiffnessPenalty: aggregate is '${aggregate}', expected mean, sum or max`);
  }
  if (share !== undefined && !(share > 0 && share <= 1)) {
    throw new ConfigError(
      `stiffnessPenalty: subset is ${share}, expected a share above 0 and at most 1 of the samples`,
    );
  }
  return {
    name: `stiffness ${proxy.name} ${aggregate}${share === undefined ? "" : ` subset ${share}`}`,
    weight,
    bind({ config, kernels, capacity, rows }) {
      const { depth } = config;
      const width = stateWidth(config);
      const bound = proxy.bind({ kernels, depth, width, capacity, rows, gradient: true });
      const subset =
        share === undefined ? undefined : createSubset(kernels, { share, depth, width, capacity });
      const values = new Float32Array(depth * capacity);
      const aggregates = new Float32Array(capacity);
      const pulled = new Float32Array(capacity);
      const cotangents = new Float32Array(depth * capacity);
      const scale = aggregate === "mean" ? 1 / depth : 1;
      let evaluated: JacobianBatch | undefined;

      /** Layer of the largest value; the first of equal ones. */
      const largest = (batch: number, i: number): number => {
        let at = 0;
        for (let n = 1; n < depth; n++) if (values[n * batch + i]! > values[at * batch + i]!) at = n;
        return at;
      };
      const gather = (batch: number, p: Float32Array): void => {
        for (let i = 0; i < batch; i++) {
          let sum = 0;
          for (let n = 0; n < depth; n++) sum += values[n * batch + i]!;
          p[i] =
            aggregate === "max" && !Number.isNaN(sum) ? values[largest(batch, i) * batch + i]! : scale * sum;
        }
      };
      const scatter = (batch: number, cotangent: Float32Array): void => {
        for (let i = 0; i < batch; i++) {
          const only = aggregate === "max" ? largest(batch, i) : -1;
          for (let n = 0; n < depth; n++) {
            cotangents[n * batch + i] = only === -1 || only === n ? scale * cotangent[i]! : 0;
          }
        }
      };

      const own = subset?.stateSize ?? 0;
      const state = (): Float32Array => {
        const inner = bound.state?.() ?? new Float32Array(0);
        if (!subset) return inner;
        const all = new Float32Array(own + inner.length);
        subset.save(all);
        all.set(inner, own);
        return all;
      };
      return {
        evaluate({ jacobians, indices }, p) {
          if (!subset) {
            bound.evaluate(jacobians, values, indices);
            gather(jacobians.batch, p);
            return;
          }
          const part = subset.draw(jacobians, indices);
          evaluated = part.jacobians;
          bound.evaluate(part.jacobians, values, part.indices);
          gather(part.jacobians.batch, aggregates);
          for (let i = 0; i < jacobians.batch; i++) p[i] = aggregates[subset.standsFor[i]!]!;
        },
        pullback({ jacobians }, cotangent, gradient) {
          if (!subset) {
            scatter(jacobians.batch, cotangent);
            bound.pullback(jacobians, cotangents, gradient);
            return;
          }
          pulled.fill(0);
          for (let i = 0; i < jacobians.batch; i++) pulled[subset.standsFor[i]!]! += cotangent[i]!;
          scatter(evaluated!.batch, pulled);
          bound.pullback(evaluated!, cotangents, { weights: gradient.weights, slopes: subset.gradSlopes });
          subset.spread(gradient.slopes);
        },
        ...(bound.statistics && { statistics: () => bound.statistics!() }),
        ...((subset || bound.state) && { state }),
        ...((subset || bound.restore) && {
          restore: (saved: Float32Array) => {
            subset?.restore(saved);
            bound.restore?.(saved.subarray(own));
          },
        }),
      };
    },
  };
}
