import type { SamplingStream } from "@stiffnet/base";

/** Places points in the unit cube. */
export interface Sampler {
  readonly name: string;
  /** Whether the first points of a longer set are the shorter set: then training, validation and test points
   *  are consecutive runs of one sequence. Otherwise each set is a design of its own. */
  readonly extensible: boolean;
  /** Row-major [count, dimension], each in [0, 1); the random ones are never 0. A function of the stream's
   *  state alone. */
  points(count: number, dimension: number, random: SamplingStream): Float64Array;
}
