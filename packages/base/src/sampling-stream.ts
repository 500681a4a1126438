import { type RandomBits, randomBits, requireSeed } from "./random.ts";

/** The random numbers that points, splits and scrambles are drawn from, the same on every machine. */
export interface SamplingStream extends RandomBits {
  /** Uniform in (0, 1): the middle of one of 2^52 cells, so never 0 and never 1. */
  uniform(): number;
}

/** Purpose of a stream. Two purposes of one seed never share numbers, and share none with a trainer that
 *  starts the same generator from the bare seed. */
export type Purpose = "points" | "test" | "validation" | "split" | "scramble" | "noise";

const purposes: Record<Purpose, number> = {
  points: 0x243f6a88,
  test: 0x85a308d3,
  validation: 0x13198a2e,
  split: 0x03707344,
  scramble: 0xa4093822,
  noise: 0x299f31d0,
};

/** A random stream that depends only on seed, purpose and trial. */
export function samplingStream(seed: number, purpose: Purpose, trial = 0): SamplingStream {
  requireSeed("seed", seed);
  requireSeed("trial", trial);
  const random = randomBits(mix(mix(seed ^ purposes[purpose]) + trial));
  const { bits } = random;
  return { ...random, uniform: () => ((bits() >>> 6) * 2 ** 26 + (bits() >>> 6) + 0.5) / 2 ** 52 };
}

/** A bijection of 32-bit numbers that spreads neighbours apart (the finaliser of MurmurHash3). */
function mix(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
