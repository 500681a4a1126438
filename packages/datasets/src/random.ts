import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { DatasetError } from "./errors.ts";

/** A stream of random numbers in plain integer arithmetic, the same on every machine. */
export interface RandomStream {
  /** Uniform in (0, 1): the middle of one of 2^52 cells, so never 0 and never 1. */
  uniform(): number;
  /** 32 random bits as a whole number from 0 to 2^32 - 1. */
  bits(): number;
  /** Uniform among 0..bound-1. */
  below(bound: number): number;
}

/** What a stream is for. Two purposes of one seed never share numbers, nor do they share them with a trainer that
 *  starts the same generator from the bare seed. */
export type Purpose = "points" | "test" | "validation" | "split" | "scramble";

const purposes: Record<Purpose, number> = {
  points: 0x243f6a88,
  test: 0x85a308d3,
  validation: 0x13198a2e,
  split: 0x03707344,
  scramble: 0xa4093822,
};

/** The stream of trial `trial` of `seed` for one purpose: a function of these three alone. */
export function randomStream(seed: number, purpose: Purpose, trial = 0): RandomStream {
  requireSeed("seed", seed);
  requireSeed("trial", trial);
  const generator = xoroshiro128plus(mix(mix(seed ^ purposes[purpose]) + trial));
  const bits = (): number => generator.next() >>> 0;
  return {
    bits,
    uniform: () => ((bits() >>> 6) * 2 ** 26 + (bits() >>> 6) + 0.5) / 2 ** 52,
    below(bound) {
      // Rejection keeps every outcome equally likely.
      const limit = 2 ** 32 - (2 ** 32 % bound);
      for (;;) {
        const x = bits();
        if (x < limit) return x % bound;
      }
    },
  };
}

/** A permutation of 0..length-1, every one equally likely (Fisher-Yates). */
export function permutation(length: number, random: RandomStream): Uint32Array {
  const order = new Uint32Array(length);
  for (let i = 0; i < length; i++) order[i] = i;
  for (let i = length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const swapped = order[i]!;
    order[i] = order[j]!;
    order[j] = swapped;
  }
  return order;
}

function requireSeed(what: string, value: number): void {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** 32) {
    throw new DatasetError(`${what} is ${value}, expected a whole number from 0 to ${2 ** 32 - 1}`, {
      code: "bad_seed",
    });
  }
}

/** A bijection of 32-bit numbers that spreads neighbours apart (the finaliser of MurmurHash3). */
function mix(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
