import { needed, nonNegative, number, oneOf } from "@stiffnet/base";
import {
  ConfigError,
  type JacobianBatch,
  type Penalty,
  type PenaltyEvaluator,
  requireOptions,
  stateWidth,
} from "@stiffnet/core";
import { type BoundDifferentiableProxy, type DifferentiableProxy, requireProxy } from "./proxy.ts";
import { createSampleSubset, type SampleSubset } from "./sample-subset.ts";

export interface StiffnessPenaltyOptions {
  /** lambda of the loss; the slides use 1e-3. */
  readonly weight: number;
  /** How the layers' values become p_i: their mean (default), sum or largest. */
  readonly aggregate?: "mean" | "sum" | "max";
  /** Share of a batch's samples whose Jacobians are evaluated, drawn again in each step. Above 0; 1 means
   *  all. Default: the proxy's own share, a fifth for `spectralRadius()`, `logarithmicNorm()` and the ratios,
   *  and 1 for the others. Samples are taken in whole groups of four, at least one group (4 of 20, 8 of 45).
   *
   *  Every chosen sample represents the same number of samples of the batch, give or take one. So the
   *  expected sums of p_i and p_i^2, and the expected gradient, are those of the whole batch. Let s be the
   *  variance of p_i^2 between samples. With m of B samples, the mean square has the variance
   *  s (1 / m - 1 / B), or a little more if m does not divide B. A drawn sample keeps all its layers. If
   *  layers were drawn separately, p_i^2 would be too large by the variance of its estimate. */
  readonly subset?: number;
}

/** p_i = aggregate over layers n of proxy(J_{n,i}), added to the loss as weight * p_i^2 (slides p. 12, 16).
 *  The proxy's gradient flows into the weights directly and, through s''(z), into everything before. The
 *  gradients of the proxies are more or less near to the derivative of their exact value. The Frobenius
 *  norm's is exact to rounding. That of `spectralRadius()` is another direction by design (the table in
 *  docs/research/stiffness/proxies.md has the errors). Among several equal largest layers "max" follows the
 *  first. */
export function stiffnessPenalty(proxy: DifferentiableProxy, options: StiffnessPenaltyOptions): Penalty {
  requireOptions("stiffnessPenalty", options, {
    weight: needed(nonNegative),
    aggregate: oneOf("mean", "sum", "max"),
    subset: number("a share above 0 and at most 1 of the samples", (share) => share > 0 && share <= 1),
  });
  requireProxy("stiffnessPenalty", proxy);
  const { weight, aggregate = "mean", subset: share = proxy.subset ?? 1 } = options;
  return {
    name: `stiffness ${proxy.name} ${aggregate}${share === 1 ? "" : ` subset ${share}`}`,
    weight,
    bind({ config, kernels, capacity, rows }) {
      const { depth } = config;
      const space = { kernels, depth, width: stateWidth(config), capacity, rows };
      const bound = proxy.bind({ ...space, gradient: true });
      if (typeof bound.pullbackSlopes !== "function") {
        throw new ConfigError(
          `stiffnessPenalty: ${proxy.name} has no gradient, expected a proxy that can be differentiated`,
        );
      }
      const layers = createAggregate(aggregate, depth, capacity);
      const subset = createSampleSubset(kernels, { ...space, share });
      const values = new Float32Array(capacity);
      const pulled = new Float32Array(capacity);
      let evaluated: JacobianBatch;
      return {
        evaluate({ jacobians, indices }, p) {
          const part = subset.draw(jacobians, indices);
          evaluated = part.jacobians;
          bound.evaluate(evaluated, layers.values, part.indices);
          layers.gather(evaluated.batch, values);
          subset.spread(values, p);
        },
        pullbackSlopes(_, cotangent, slopes) {
          subset.gather(cotangent, pulled);
          const cotangents = layers.scatter(evaluated.batch, pulled);
          subset.pullback(slopes, (part) => bound.pullbackSlopes(evaluated, cotangents, part));
        },
        pullbackWeights: ({ weights }) => bound.pullbackWeights(weights),
        ...(bound.statistics && { statistics: () => bound.statistics!() }),
        ...keptBy(subset, bound),
      };
    },
  };
}

/** The random stream of the subset, then what the proxy keeps. */
function keptBy(
  { stateSize, save, restore }: SampleSubset,
  bound: BoundDifferentiableProxy,
): Required<Pick<PenaltyEvaluator, "state" | "restore">> {
  return {
    state(into) {
      const inner = bound.state?.() ?? new Float32Array(0);
      const size = stateSize + inner.length;
      const all = into?.length === size ? into : new Float32Array(size);
      save(all);
      all.set(inner, stateSize);
      return all;
    },
    restore(saved) {
      restore(saved);
      bound.restore?.(saved.subarray(stateSize));
    },
  };
}

interface Aggregate {
  /** [N * B], to be filled. */
  readonly values: Float32Array;
  /** p_i of the values. */
  gather(batch: number, p: Float32Array): void;
  /** Its transpose: cotangents of the values. */
  scatter(batch: number, cotangent: Float32Array): Float32Array;
}

function createAggregate(kind: "mean" | "sum" | "max", depth: number, capacity: number): Aggregate {
  const values = new Float32Array(depth * capacity);
  const cotangents = new Float32Array(depth * capacity);
  const scale = kind === "mean" ? 1 / depth : 1;
  /** Layer of the largest value; the first of equal ones. */
  const largest = (batch: number, i: number): number => {
    let at = 0;
    for (let n = 1; n < depth; n++) if (values[n * batch + i]! > values[at * batch + i]!) at = n;
    return at;
  };
  return {
    values,
    gather(batch, p) {
      for (let i = 0; i < batch; i++) {
        let sum = 0;
        for (let n = 0; n < depth; n++) sum += values[n * batch + i]!;
        p[i] = kind === "max" && !Number.isNaN(sum) ? values[largest(batch, i) * batch + i]! : scale * sum;
      }
    },
    scatter(batch, cotangent) {
      for (let i = 0; i < batch; i++) {
        const only = kind === "max" ? largest(batch, i) : -1;
        for (let n = 0; n < depth; n++) {
          cotangents[n * batch + i] = only === -1 || only === n ? scale * cotangent[i]! : 0;
        }
      }
      return cotangents;
    },
  };
}
