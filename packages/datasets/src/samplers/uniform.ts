import type { Sampler } from "./types.ts";

/** Independent uniform points: plain Monte Carlo. */
export const uniform: Sampler = {
  name: "uniform",
  extensible: true,
  points(count, dimension, random) {
    const points = new Float64Array(count * dimension);
    for (let i = 0; i < points.length; i++) points[i] = random.uniform();
    return points;
  },
};
