import { type Block, padded } from "@stiffnet/kernels";
import type { BoundDifferentiableProxy, ProxySpace, PullbackInParts } from "../proxy.ts";

/** Holds d value / dJ = sum_p a_p v_p^T of every layer, as the kernels leave it, until it is pulled back. */
export interface RankGradient {
  /** [depth] of v, a and W v, `terms` of each, [width][stride]; room for one layer where no gradient is
   *  wanted. */
  readonly vectors: Block;
  readonly pullback: BoundDifferentiableProxy["pullback"];
  readonly inParts: PullbackInParts;
}

export function createRankGradient(
  { kernels, depth, width, capacity, gradient: wanted }: ProxySpace,
  terms: number,
): RankGradient {
  const { arena, call, threads } = kernels;
  const samples = padded(capacity);
  const vectors = arena.float32((wanted ? depth : 1) * 3 * terms * width * samples);
  const left = arena.float32(wanted ? depth * terms * width * samples : 0);
  const rows = arena.float32(wanted ? threads * terms * width * samples : 0);
  const cotangents = arena.float32(depth * samples);
  let stride = 0;
  // Spreads would cost as much as a kernel here.
  const inParts: PullbackInParts = {
    slopes(jacobians, cotangent, to) {
      const { batch } = jacobians;
      stride = jacobians.stride;
      const { array } = cotangents;
      array.fill(0, 0, depth * stride);
      for (let n = 0; n < depth; n++) {
        for (let i = 0; i < batch; i++) array[n * stride + i] = cotangent[n * batch + i]!;
      }
      const [slopes, gradSlopes] = [arena.blockOf(jacobians.slopes), arena.blockOf(to)];
      call.rankSlopes({
        depth,
        terms,
        width,
        stride,
        slopes,
        vectors,
        cotangent: cotangents,
        left,
        gradSlopes,
      });
    },
    weights(to) {
      const gradWeights = arena.blockOf(to);
      call.rankWeights({ depth, terms, width, stride, left, vectors, rows, gradWeights });
    },
  };
  return {
    vectors,
    inParts,
    pullback(jacobians, cotangent, gradient) {
      inParts.slopes(jacobians, cotangent, gradient.slopes);
      inParts.weights(gradient.weights);
    },
  };
}
