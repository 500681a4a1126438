import type { BoundDifferentiableProxy, ProxySpace } from "../proxy.ts";
import { padded } from "./start-vectors.ts";

/** Holds d value / dJ = sum_p a_p v_p^T of every layer, as the kernels leave it, until it is pulled back. */
export interface RankGradient {
  /** Address of layer n's v, a and W v, `terms` of each. */
  vectors(n: number): number;
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
    vectors: (n) => store.address + (wanted ? 4 * n * layer : 0),
    pullback({ depth, batch, stride, slopes }, cotangent, gradient) {
      for (let n = 0; n < depth; n++) {
        cotangents.array.fill(0);
        for (let i = 0; i < batch; i++) cotangents.array[i] = cotangent[n * batch + i]!;
        call.rank_pullback(
          terms,
          width,
          stride,
          slopes.byteOffset + 4 * n * width * stride,
          store.address + 4 * n * layer,
          cotangents.address,
          gradient.weights.byteOffset + 4 * n * width * width,
          gradient.slopes.byteOffset + 4 * n * width * stride,
          scratch.address,
        );
      }
    },
  };
}
