import { xoroshiro128plus, xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import { seed } from "./checks.ts";
import { StiffnetError } from "./errors.ts";

/** Random bits in plain integer arithmetic, the same on every machine. */
export interface RandomBits {
  /** 32 random bits as a whole number from 0 to 2^32 - 1. */
  bits(): number;
  /** Uniform among 0..bound-1. */
  below(bound: number): number;
}

/** Bits from the seeded generator (xoroshiro128+), with the generator's own functions beside them. */
function bitsOf(generator: { next(): number }): RandomBits {
  const bits = (): number => generator.next() >>> 0;
  return {
    bits,
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

/** Bits of a seed of 32 bits. */
export function randomBits(seed: number): RandomBits {
  return bitsOf(xoroshiro128plus(seed));
}

/** A stream that parameters, shuffles and subsets are drawn from: it can stop, and go on elsewhere. */
export interface RandomStream extends RandomBits {
  /** Uniform in [0, 1), with 24 bits: exact in float32. */
  uniform(): number;
  /** Position in the stream, for `resumeStream`. */
  state(): readonly number[];
}

/** Stream `index` of `seed` (a whole number below 2^32): a function of (seed, index) alone. Streams of one
 *  seed are 2^64 numbers apart. */
export function randomStream(seed: number, index: number): RandomStream {
  requireSeed("randomStream: seed", seed);
  const generator = xoroshiro128plus(seed);
  for (let i = 0; i < index; i++) generator.jump();
  return streamOf(generator);
}

/** The stream that `state()` was taken from, going on where it stood. */
export function resumeStream(state: readonly number[]): RandomStream {
  return streamOf(xoroshiro128plusFromState(state));
}

function streamOf(generator: { next(): number; getState(): readonly number[] }): RandomStream {
  const random = bitsOf(generator);
  return { ...random, uniform: () => (random.bits() >>> 8) / 2 ** 24, state: () => generator.getState() };
}

/** Throws unless the value is a whole number below 2^32. `what` names it in the message. */
export function requireSeed(what: string, value: number): void {
  const fault = seed.fault(what, value);
  if (fault) throw new StiffnetError(fault, { code: "bad_seed" });
}

/** A fresh permutation of 0..length-1, every one equally likely (Fisher-Yates), written into `order`. */
export function shuffle(order: Uint32Array, random: RandomBits): Uint32Array {
  for (let i = 0; i < order.length; i++) order[i] = i;
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const other = order[i]!;
    order[i] = order[j]!;
    order[j] = other;
  }
  return order;
}
