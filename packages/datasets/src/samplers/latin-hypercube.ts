import { shuffle, wholeFault } from "@stiffnet/base";
import { DatasetError } from "../errors.ts";
import type { SamplingStream } from "../sampling-stream.ts";
import type { Sampler } from "./types.ts";

/** Latin hypercube: each axis is cut into `count` cells and every cell holds one point (McKay, Beckman and
 *  Conover 1979).
 *
 *  jitter: the point is anywhere in its cell (default), or in the middle with `jitter: false`.
 *  maximin: the best of that many designs by the smallest distance between two points; default 1, a plain
 *  design. Each costs count^2 * dimension operations. */
export function latinHypercube(options: { jitter?: boolean; maximin?: number } = {}): Sampler {
  const { jitter = true, maximin = 1 } = options;
  if (wholeFault(maximin, 1)) {
    throw new DatasetError(
      `latinHypercube: maximin is ${maximin}, expected a number of designs of at least 1`,
      { code: "bad_sampler" },
    );
  }
  return {
    name: maximin > 1 ? "maximin Latin hypercube" : "Latin hypercube",
    extensible: false,
    points(count, dimension, random) {
      let best = design(count, dimension, random, jitter);
      if (maximin === 1) return best;
      let bestDistance = smallestDistance(best, dimension);
      for (let i = 1; i < maximin; i++) {
        const other = design(count, dimension, random, jitter);
        const distance = smallestDistance(other, dimension);
        if (distance > bestDistance) [best, bestDistance] = [other, distance];
      }
      return best;
    },
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

/** Smallest squared distance between two of the points. */
function smallestDistance(points: Float64Array, dimension: number): number {
  const count = points.length / dimension;
  let smallest = Number.POSITIVE_INFINITY;
  for (let i = 1; i < count; i++) {
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let d = 0; d < dimension && sum < smallest; d++) {
        const apart = points[i * dimension + d]! - points[j * dimension + d]!;
        sum += apart * apart;
      }
      smallest = Math.min(smallest, sum);
    }
  }
  return smallest;
}
