import { ShapeError } from "@stiffnet/core";
import type { Block } from "@stiffnet/kernels";
import { type BoundDifferentiableProxy, guarded, type ProxySpace } from "../proxy.ts";
import { createRankGradient } from "./rank-gradient.ts";
import { createStartVectors } from "./start-vectors.ts";

/** A method that computes the proxy of all samples of a layer at once, from start vectors that `iterated`
 *  keeps for each (layer, sample) between its visits. */
export interface IterativeMethod {
  /** d value / dJ is a sum of this many rank-one terms; a block of start vectors holds as many. */
  readonly terms: number;
  /** A value counts as converged below this relative residual. */
  readonly tolerance: number;
  /** Bounds of the work on a layer, in the method's own unit (a Krylov dimension, a number of steps). A layer
   *  starts with `most`. */
  readonly fewest: number;
  readonly most: number;
  /** Whether a layer's effort is to grow or to shrink by one at the next visit. Absent: it stays. */
  adapt?(found: Convergence): -1 | 0 | 1;
  /** Names of the conditions that the method reports per sample, with their codes in `flagged`. Statistics
   *  give their shares. */
  readonly flags?: Readonly<Record<string, number>>;
  /** Start vectors, [depth][blocks][terms][width][stride], and what replaces them. */
  readonly start: Block;
  /** How many blocks of them a layer has. */
  readonly blocks: number;
  /** One number a layer and sample, [depth][stride]. */
  readonly values: Block;
  readonly residuals: Block;
  readonly flagged?: Block;
  /** Works on all layers; returns how many products with J or its transpose the samples took together. */
  run(batch: MethodBatch): number;
}

/** Residuals of a layer. */
export interface Convergence {
  readonly batch: number;
  /** Samples above the tolerance, and above three times it. */
  readonly above: number;
  readonly far: number;
}

/** The Jacobians of a batch, as the kernels take them. */
export interface MethodBatch {
  readonly batch: number;
  readonly stride: number;
  /** [depth] */
  readonly efforts: Block<Int32Array>;
  readonly weights: Block;
  readonly slopes: Block;
  /** The terms of the derivative, as `rankSlopes` takes them. They stay untouched if no gradient is wanted.
   *  */
  readonly vectors: Block;
}

/** All that iterative proxies have in common: start vectors, adapted effort, residuals, statistics, state. */
export function iterated(space: ProxySpace, method: IterativeMethod): BoundDifferentiableProxy {
  const { kernels, depth, capacity } = space;
  const { arena } = kernels;
  const { start, blocks, terms, fewest, most } = method;
  const rank = createRankGradient(space, terms);
  const starts = createStartVectors(space, { block: start, perLayer: blocks * terms });
  starts.perLayer.fill(most);
  const efforts = arena.int32(depth);
  const found = new Float32Array(depth * capacity);
  const tally = createTally(method);
  return guarded(space, {
    evaluate({ batch, stride, weights, slopes }, out, indices) {
      starts.select(indices, batch);
      starts.take(batch, stride);
      const { perLayer } = starts;
      efforts.array.set(perLayer);
      const { vectors } = rank;
      const [all, own] = [arena.blockOf(weights), arena.blockOf(slopes)];
      const products = method.run({ batch, stride, efforts, weights: all, slopes: own, vectors });
      starts.put();
      tally.addProducts(products);
      const values = method.values.array;
      const residuals = method.residuals.array;
      for (let n = 0; n < depth; n++) {
        for (let i = 0; i < batch; i++) {
          out[n * batch + i] = values[n * stride + i]!;
          found[n * batch + i] = residuals[n * stride + i]!;
        }
        const convergence = tally.addLayer(residuals, method.flagged?.array, n * stride, batch);
        const next = perLayer[n]! + (method.adapt?.(convergence) ?? 0);
        perLayer[n] = Math.min(most, Math.max(fewest, next));
      }
    },
    pullbackSlopes: rank.pullbackSlopes,
    pullbackWeights: rank.pullbackWeights,
    residuals: () => found,
    statistics: tally.statistics,
    state: () => starts.all,
    restore(state) {
      const size = starts.all.length;
      const known =
        state.length === size && state.subarray(size - depth).every((n) => n >= fewest && n <= most);
      if (!known) {
        throw new ShapeError(
          `proxy: a state of ${state.length} numbers, expected ${size} that end in efforts from ${fewest} to ${most}`,
        );
      }
      starts.all.set(state);
    },
  });
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
    addProducts(products: number) {
      sums.products += products;
    },
    addLayer(
      residuals: Float32Array,
      flagged: Float32Array | undefined,
      from: number,
      batch: number,
    ): Convergence {
      let above = 0;
      let far = 0;
      for (let i = from; i < from + batch; i++) {
        const residual = residuals[i]!;
        if (!(residual <= tolerance)) above++;
        if (!(residual <= 3 * tolerance)) far++;
        sums.residual += residual;
        sums.worst = Math.max(sums.worst, residual);
      }
      for (let k = 0; k < codes.length; k++) {
        const [, code] = codes[k]!;
        for (let i = from; i < from + batch; i++) if (flagged?.[i] === code) sums.flagged[k]!++;
      }
      sums.pairs += batch;
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
