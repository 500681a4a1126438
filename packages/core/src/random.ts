import { xoroshiro128plus, xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import { ConfigError } from "./errors.ts";

/** A stream of random numbers in plain integer arithmetic, the same on every machine. */
export interface RandomStream {
  /** Uniform in [0, 1), with 24 bits: exact in float32. */
  uniform(): number;
  /** Uniform among 0..bound-1. */
  below(bound: number): number;
  /** Where the stream stands, for `resumeStream`. */
  state(): readonly number[];
}

/** Stream `index` of `seed` (a whole number below 2^32): a function of (seed, index) alone. Streams of one seed are
 *  2^64 numbers apart. */
export function randomStream(seed: number, index: number): RandomStream {
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw new ConfigError(`randomStream: seed is ${seed}, expected a whole number from 0 to ${2 ** 32 - 1}`);
  }
  const generator = xoroshiro128plus(seed);
  for (let i = 0; i < index; i++) generator.jump();
  return streamFrom(generator);
}

/** The stream that `state()` was taken from, going on where it stood. */
export function resumeStream(state: readonly number[]): RandomStream {
  return streamFrom(xoroshiro128plusFromState(state));
}

function streamFrom(generator: { next(): number; getState(): readonly number[] }): RandomStream {
  const bits = (): number => generator.next() >>> 0;
  return {
    uniform: () => (bits() >>> 8) / 2 ** 24,
    below(bound) {
      // Rejection keeps every outcome equally likely.
      const limit = 2 ** 32 - (2 ** 32 % bound);
      for (;;) {
        const x = bits();
        if (x < limit) return x % bound;
      }
    },
    state: () => generator.getState(),
  };
}

/** A fresh permutation of 0..length-1 (Fisher-Yates), written into `order`. */
export function shuffle(order: Uint32Array, random: RandomStream): void {
  for (let i = 0; i < order.length; i++) order[i] = i;
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const swapped = order[i]!;
    order[i] = order[j]!;
    order[j] = swapped;
  }
}
