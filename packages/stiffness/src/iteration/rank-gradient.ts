import { type Block, padded } from "@stiffnet/kernels";
import type { BoundDifferentiableProxy, ProxySpace } from "../proxy.ts";

/** Holds d value / dJ = sum_p a_p v_p^T of every layer, as the kernels leave it, until it is pulled back. */
export interface RankGradient {
  /** [depth] of v, a and W v, `terms` of each, [width][stride]; room for one layer where no gradient is
   *  wanted. */
  readonly vectors: Block;
  readonly pullback: BoundDifferentiableProxy["pullback"];
}

export function createRankGradient(
  { kernels, depth, width, capacity, gradient: wanted }: ProxySpace,
  terms: number,
): RankGradient {
  const { arena, call } = kernels;
  const samples = padded(capacity);
  const vectors = arena.float32((wanted ? depth : 1) * 3 * terms * width * samples);
  const scratch = arena.float32(wanted ? 2 * terms * width * samples : 0);
  const cotangents = arena.float32(depth * samples);
  return {
    vectors,
    pullback({ depth, batch, stride, slopes }, cotangent, gradient) {
      const { array } = cotangents;
      array.fill(0, 0, depth * stride);
      for (let n = 0; n < depth; n++) {
        for (let i = 0; i < batch; i++) array[n * stride + i] = cotangent[n * batch + i]!;
      }
      call.rankPullback({
        ...{ depth, terms, width, stride, vectors, scratch },
        slopes: arena.blockOf(slopes),
        cotangent: cotangents,
        gradWeights: arena.blockOf(gradient.weights),
        gradSlopes: arena.blockOf(gradient.slopes),
      });
    },
  };
}
