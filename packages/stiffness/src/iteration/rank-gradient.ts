import { type Block, padded } from "@stiffnet/kernels";
import { unchecked } from "@stiffnet/kernels/unchecked";
import type { BoundDifferentiableProxy, ProxySpace } from "../proxy.ts";

/** Holds d value / dJ = sum_p a_p v_p^T of every layer, as the kernels leave it, until it is pulled back. */
export interface RankGradient extends Pick<BoundDifferentiableProxy, "pullbackSlopes" | "pullbackWeights"> {
  /** [depth] of v, a and W v, `terms` of each, [width][stride]; room for one layer where no gradient is
   *  wanted. */
  readonly vectors: Block;
}

export function createRankGradient(
  { kernels, depth, width, capacity, gradient: wanted }: ProxySpace,
  terms: number,
): RankGradient {
  const { arena, call, threads } = unchecked(kernels);
  const samples = padded(capacity);
  const vectors = arena.float32((wanted ? depth : 1) * 3 * terms * width * samples);
  const left = arena.float32(wanted ? depth * terms * width * samples : 0);
  const rows = arena.float32(wanted ? threads * terms * width * samples : 0);
  const cotangents = arena.float32(depth * samples);
  let stride = 0;
  return {
    vectors,
    pullbackSlopes({ batch, stride: packed, slopes }, cotangent, to) {
      stride = packed;
      const { array } = cotangents;
      array.fill(0, 0, depth * stride);
      for (let n = 0; n < depth; n++) {
        for (let i = 0; i < batch; i++) array[n * stride + i] = cotangent[n * batch + i]!;
      }
      call.rankSlopes({
        depth,
        terms,
        width,
        stride,
        vectors,
        left,
        slopes: arena.blockOf(slopes),
        cotangent: cotangents,
        gradSlopes: arena.blockOf(to),
      });
    },
    pullbackWeights(to) {
      call.rankWeights({ depth, terms, width, stride, left, vectors, rows, gradWeights: arena.blockOf(to) });
    },
  };
}
