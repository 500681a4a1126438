import { type Block, padded } from "@stiffnet/kernels";
import type { BoundDifferentiableProxy, ProxySpace } from "../proxy.ts";

/** Holds d value / dJ = sum_p a_p v_p^T of every layer, as the kernels leave it, until it is pulled back. */
export interface RankGradient {
  /** Of layer n's v, a and W v, `terms` of each. */
  vectors(n: number): Block;
  readonly pullback: BoundDifferentiableProxy["pullback"];
}

export function createRankGradient(
  { kernels, depth, width, capacity, gradient: wanted }: ProxySpace,
  terms: number,
): RankGradient {
  const { arena, call } = kernels;
  const far = width * padded(capacity);
  const layer = 3 * terms * far;
  const store = arena.float32((wanted ? depth : 1) * layer);
  const scratch = arena.float32(wanted ? 2 * terms * far + width * width : 0);
  const cotangents = arena.float32(padded(capacity));
  return {
    vectors: (n) => store.at(wanted ? n * layer : 0, layer),
    pullback({ depth, batch, stride, slopes }, cotangent, gradient) {
      const allSlopes = arena.blockOf(slopes);
      const [gradWeights, gradSlopes] = [arena.blockOf(gradient.weights), arena.blockOf(gradient.slopes)];
      for (let n = 0; n < depth; n++) {
        cotangents.array.fill(0);
        for (let i = 0; i < batch; i++) cotangents.array[i] = cotangent[n * batch + i]!;
        call.rankPullback({
          terms,
          width,
          stride,
          slopes: allSlopes.at(n * width * stride),
          vectors: store.at(n * layer, layer),
          cotangent: cotangents,
          gradWeights: gradWeights.at(n * width * width),
          gradSlopes: gradSlopes.at(n * width * stride),
          scratch,
        });
      }
    },
  };
}
