import type { Block } from "@stiffnet/kernels";
import type { BoundDifferentiableProxy, DifferentiableProxy, ProxySpace, StiffnessProxy } from "../proxy.ts";
import { createRankGradient } from "./rank-gradient.ts";
import { createStartVectors } from "./start-vectors.ts";

/** A method that computes the proxy of one layer's Jacobians at once, from start vectors that `iterate` keeps for each
 *  (layer, sample) between its visits. */
export interface IterativeMethod {
  readonly name: string;
  /** What is reported instead. */
  readonly exact: StiffnessProxy;
  /** d value / dJ is a sum of this many rank-one terms; a block of start vectors holds as many. */
  readonly terms: number;
  /** Relative residual at which a value counts as converged. */
  readonly tolerance: number;
  /** Bounds of the work on a layer, in the method's own unit: a Krylov dimension, a number of steps. It begins with the most. */
  effort(width: number): { readonly fewest: number; readonly most: number };
  /** Whether a layer's effort is to grow or to shrink by one at the next visit. Absent: it stays. */
  adapt?(found: Convergence): -1 | 0 | 1;
  /** What the method can say of a sample, as numbers in `BoundMethod.flags`; their shares are statistics. */
  readonly flags?: Readonly<Record<string, number>>;
  bind(space: ProxySpace): BoundMethod;
}

/** Residuals of a layer. */
export interface Convergence {
  readonly batch: number;
  /** Samples above the tolerance, and above three times it. */
  readonly above: number;
  readonly far: number;
}

export interface BoundMethod {
  /** Blocks of start vectors, [terms][width][stride] each, and what replaces them. */
  readonly start: readonly Block[];
  /** One number a sample. */
  readonly values: Block;
  readonly residuals: Block;
  readonly flags?: Block;
  /** Works on a layer; returns how many products with J or its transpose its samples took together. */
  run(layer: MethodLayer): number;
}

/** A layer, as the kernels take it. */
export interface MethodLayer {
  readonly batch: number;
  readonly stride: number;
  readonly effort: number;
  readonly weights: Block;
  readonly slopes: Block;
  /** The terms of the derivative, as `rankPullback` takes them; to be left alone where no gradient is wanted. */
  readonly vectors: Block;
}

/** All that iterative proxies have in common: start vectors, adapted effort, residuals, statistics, state. */
export function iterate(method: IterativeMethod): DifferentiableProxy {
  return { name: method.name, exact: method.exact, bind: (space) => bind(method, space) };
}

function bind(method: IterativeMethod, space: ProxySpace): BoundDifferentiableProxy {
  const { kernels, depth, width, capacity } = space;
  const { terms } = method;
  const { fewest, most } = method.effort(width);
  const bound = method.bind(space);
  const rank = createRankGradient(space, terms);
  const starts = createStartVectors(space, { blocks: bound.start, terms });
  starts.perLayer.fill(most);
  const found = new Float32Array(depth * capacity);
  const tally = createTally(method);
  return {
    evaluate({ batch, stride, weights, slopes }, out, indices) {
      starts.select(indices, batch);
      const { arena } = kernels;
      const [allWeights, allSlopes] = [arena.blockOf(weights), arena.blockOf(slopes)];
      for (let n = 0; n < depth; n++) {
        const effort = starts.perLayer[n]!;
        starts.take(n, batch, stride);
        const products = bound.run({
          batch,
          stride,
          effort,
          weights: allWeights.at(n * width * width, width * width),
          slopes: allSlopes.at(n * width * stride, width * stride),
          vectors: rank.vectors(n),
        });
        starts.put(n, batch, stride);
        out.set(bound.values.array.subarray(0, batch), n * batch);
        found.set(bound.residuals.array.subarray(0, batch), n * batch);
        const convergence = tally.add(bound, batch, products);
        const next = effort + (method.adapt?.(convergence) ?? 0);
        starts.perLayer[n] = Math.min(most, Math.max(fewest, next));
      }
    },
    pullback: rank.pullback,
    residuals: () => found,
    statistics: tally.statistics,
    state: () => starts.all,
    restore(state) {
      starts.all.set(state);
    },
  };
}

/** Figures of a method's working, summed over layers and samples since they were last asked for. */
function createTally({ tolerance, flags = {} }: IterativeMethod) {
  const codes = Object.entries(flags);
  const zero = () => ({
    pairs: 0,
    products: 0,
    residual: 0,
    worst: 0,
    above: 0,
    flagged: codes.map(() => 0),
  });
  let sums = zero();
  return {
    add({ residuals, flags: flagged }: BoundMethod, batch: number, products: number): Convergence {
      let above = 0;
      let far = 0;
      for (let i = 0; i < batch; i++) {
        const residual = residuals.array[i]!;
        if (!(residual <= tolerance)) above++;
        if (!(residual <= 3 * tolerance)) far++;
        sums.residual += residual;
        sums.worst = Math.max(sums.worst, residual);
      }
      codes.forEach(([, code], k) => {
        for (let i = 0; i < batch; i++) if (flagged?.array[i] === code) sums.flagged[k]!++;
      });
      sums.pairs += batch;
      sums.products += products;
      sums.above += above;
      return { batch, above, far };
    },
    statistics(): Record<string, number> {
      const { pairs, products, residual, worst, above, flagged } = sums;
      sums = zero();
      return {
        productsPerPair: products / pairs,
        residualMean: residual / pairs,
        residualWorst: worst,
        unconverged: above / pairs,
        ...Object.fromEntries(codes.map(([name], k) => [name, flagged[k]! / pairs])),
      };
    },
  };
}
