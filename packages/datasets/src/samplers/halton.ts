import { shuffle } from "@stiffnet/base";
import type { SamplingStream } from "../sampling-stream.ts";
import type { Sampler } from "./types.ts";

/** Halton's sequence: axis d is the radical inverse in the d-th prime.
 *
 *  scramble: by default every digit of every axis has its own random permutation (Owen 2017), which breaks
 *  the correlations between axes of large primes and moves the first point away from the corner. With
 *  `scramble: false` the points are the sequence itself, beginning with (0, ..., 0). */
export function halton(options: { scramble?: boolean } = {}): Sampler {
  const { scramble = true } = options;
  return {
    name: scramble ? "scrambled Halton" : "Halton",
    extensible: true,
    points(count, dimension, random) {
      const points = new Float64Array(count * dimension);
      primes(dimension).forEach((base, d) => {
        const permutations = scramble ? digitPermutations(base, random) : undefined;
        for (let i = 0; i < count; i++) {
          points[i * dimension + d] = permutations
            ? scrambledInverse(i, permutations)
            : radicalInverse(i, base);
        }
      });
      return points;
    },
  };
}

/** 0.d1 d2 d3 ... in the base, where i = ... d3 d2 d1. */
function radicalInverse(i: number, base: number): number {
  let numerator = 0;
  let denominator = 1;
  for (let rest = i; rest > 0; rest = Math.floor(rest / base)) {
    numerator = numerator * base + (rest % base);
    denominator *= base;
  }
  return numerator / denominator;
}

/** One permutation for each digit that a float64 can tell apart. */
function digitPermutations(base: number, random: SamplingStream): Uint32Array[] {
  const permutations: Uint32Array[] = [];
  for (let cell = 1; cell > 2 ** -53; cell /= base) permutations.push(shuffle(new Uint32Array(base), random));
  return permutations;
}

/** Every digit counts, since the permutation of an absent digit 0 need not be 0. */
function scrambledInverse(i: number, permutations: readonly Uint32Array[]): number {
  const base = permutations[0]!.length;
  let sum = 0;
  let cell = 1;
  let rest = i;
  for (const digit of permutations) {
    cell /= base;
    sum += digit[rest % base]! * cell;
    rest = Math.floor(rest / base);
  }
  return Math.min(sum + cell / 2, 1 - 2 ** -53);
}

function primes(count: number): number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) {
    if (found.every((p) => p * p > n || n % p !== 0)) found.push(n);
  }
  return found;
}
