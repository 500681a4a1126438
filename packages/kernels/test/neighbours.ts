import { expect } from "vitest";
import type { Block } from "../src/index.ts";

/** A sample's neighbours in the lanes do not change the bits of its result. */

export const width = 12;
export const depth = 3;

/** Numbers that look random, the same on every machine. */
export function noise(count: number, seed: number): Float32Array {
  let x = Math.imul(seed + 1, 0x9e3779b1);
  return Float32Array.from({ length: count }, () => {
    x = Math.imul(x ^ (x >>> 15), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    x += 0x6d2b79f5;
    return (x >>> 0) / 2 ** 31 - 1;
  });
}

/** A sample is a column of numbers: inputs, or slopes of one layer. */
export type Sample = Float32Array;
/** The results of a kernel for each sample. */
export type Run = (samples: Sample[]) => number[][];

/** Turns feature-major blocks [..., features, stride] into a row for each sample. */
export function rowsOf(batch: number, stride: number, ...blocks: ArrayLike<number>[]): number[][] {
  return Array.from({ length: batch }, (_, i) =>
    blocks.flatMap((block) =>
      Array.from({ length: block.length / stride }, (_, f) => block[f * stride + i]!),
    ),
  );
}

export function place(block: Block, samples: Sample[], stride: number): void {
  block.array.fill(0);
  samples.forEach((sample, i) => {
    sample.forEach((value, f) => {
      block.array[f * stride + i] = value;
    });
  });
}

const ordinary = Array.from({ length: 6 }, (_, seed) => noise(width, 10 + seed));
const steady = Array.from({ length: 6 }, (_, seed) => noise(width, 30 + seed).map((x) => 0.5 + 0.1 * x));
const strange: Sample[] = [
  new Float32Array(width),
  new Float32Array(width).fill(3e37),
  new Float32Array(width).fill(1e-40),
  new Float32Array(width).fill(Number.NaN),
  noise(width, 50).map((x, d) => (d === 3 ? Number.POSITIVE_INFINITY : x)),
  // Jacobians of rank one and two: Krylov spaces end early.
  noise(width, 51).map((x, d) => (d === 2 ? x : 0)),
  noise(width, 52).map((x, d) => (d < 2 ? x : 0)),
  noise(width, 53).map((x) => 1e4 * x),
];
export const samples = [...ordinary, ...steady, ...strange];

export function expectAlone(run: Run): void {
  const alone = samples.map((sample) => run([sample])[0]!);
  // Every sample meets every other one, in every lane of a vector, in batches with and without padding.
  for (let shift = 1; shift < samples.length; shift += 3) {
    for (const count of [samples.length, 5]) {
      const order = Array.from({ length: count }, (_, i) => (i * shift + shift) % samples.length);
      const together = run(order.map((s) => samples[s]!));
      order.forEach((s, i) => {
        if (!together[i]!.every((value, k) => Object.is(value, alone[s]![k]))) {
          const neighbours = order.slice(i - (i % 4), i - (i % 4) + 4);
          expect.soft(together[i], `sample ${s} in lane ${i % 4} beside ${neighbours}`).toEqual(alone[s]);
        }
      });
    }
  }
}
