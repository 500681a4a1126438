import type { SamplingStream } from "@stiffnet/base";
import { flag, shuffle } from "@stiffnet/base";
import { checkOptions } from "../options.ts";
import type { Sampler } from "./types.ts";

/** Latin hypercube: each axis is cut into `count` cells and every cell holds one point (McKay, Beckman and
 *  Conover 1979). The point is anywhere in its cell (default), or in the middle with `jitter: false`. */
export function latinHypercube(options: { readonly jitter?: boolean } = {}): Sampler {
  checkOptions<{ readonly jitter?: boolean }>("latinHypercube", options, { jitter: flag });
  const { jitter = true } = options;
  return {
    name: "Latin hypercube",
    extensible: false,
    points: (count, dimension, random) => design(count, dimension, random, jitter),
  };
}

function design(count: number, dimension: number, random: SamplingStream, jitter: boolean): Float64Array {
  const points = new Float64Array(count * dimension);
  for (let d = 0; d < dimension; d++) {
    const cells = shuffle(new Uint32Array(count), random);
    for (let i = 0; i < count; i++)
      points[i * dimension + d] = (cells[i]! + (jitter ? random.uniform() : 0.5)) / count;
  }
  return points;
}
