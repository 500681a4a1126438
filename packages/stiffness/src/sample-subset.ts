import { randomStream, resumeStream, shuffle } from "@stiffnet/base";
import type { JacobianBatch } from "@stiffnet/core";
import { type Block, type Kernels, padded } from "@stiffnet/kernels";

/** A random part of each batch's samples, every one of which stands for itself and for others. */
export interface Subset {
  /** Draws anew and returns the chosen samples' Jacobians and rows. */
  draw(jacobians: JacobianBatch, indices: Uint32Array): { jacobians: JacobianBatch; indices: Uint32Array };
  /** standsFor[i]: number within the subset of the sample that stands for sample i. */
  readonly standsFor: Uint32Array;
  /** Gradient of the subset's slopes, to be filled; zeroed by `draw`. */
  readonly gradSlopes: Float32Array;
  /** Adds the subset's gradient to that of all slopes. */
  spread(gradSlopes: Float32Array): void;
  /** Numbers of `save`. */
  readonly stateSize: number;
  save(to: Float32Array): void;
  restore(from: Float32Array): void;
}

/** Samples are drawn by a stream of its own; with m of B chosen, the k-th of a random order is stood for by
 *  number k mod m. Every sample is equally likely everywhere, so that a sum over the stand-ins has the sum
 *  over all samples for its mean. */
export function createSubset(
  { arena }: Kernels,
  { share, depth, width, capacity }: { share: number; depth: number; width: number; capacity: number },
): Subset {
  const slopes: Block = arena.float32(depth * width * padded(capacity));
  const gradient: Block = arena.float32(depth * width * padded(capacity));
  const standsFor = new Uint32Array(capacity);
  const orders = new Map<number, Uint32Array>();
  let random = randomStream(1, 0);
  let chosen: Uint32Array = new Uint32Array(0);
  let size = 0;
  let strides = { all: 0, part: 0 };
  return {
    standsFor,
    get gradSlopes() {
      return gradient.array.subarray(0, size);
    },
    draw(jacobians, indices) {
      const { batch } = jacobians;
      const order = orders.get(batch) ?? new Uint32Array(batch);
      orders.set(batch, order);
      shuffle(order, random);
      const count = Math.max(1, Math.round(share * batch));
      chosen = order.subarray(0, count);
      for (let k = 0; k < batch; k++) standsFor[order[k]!] = k % count;
      strides = { all: jacobians.stride, part: padded(count) };
      size = depth * width * strides.part;
      const part = slopes.array.subarray(0, size);
      part.fill(0);
      for (let row = 0; row < depth * width; row++) {
        for (let k = 0; k < count; k++) {
          part[row * strides.part + k] = jacobians.slopes[row * strides.all + chosen[k]!]!;
        }
      }
      gradient.array.fill(0, 0, size);
      return {
        jacobians: { ...jacobians, batch: count, stride: strides.part, slopes: part },
        indices: Uint32Array.from(chosen, (i) => indices[i]!),
      };
    },
    spread(gradSlopes) {
      const part = gradient.array;
      for (let row = 0; row < depth * width; row++) {
        for (let k = 0; k < chosen.length; k++) {
          gradSlopes[row * strides.all + chosen[k]!]! += part[row * strides.part + k]!;
        }
      }
    },
    // Halves of 32-bit numbers are exact in float32.
    stateSize: 8,
    save(to) {
      random.state().forEach((word, k) => {
        to[2 * k] = word >>> 16;
        to[2 * k + 1] = word & 0xffff;
      });
    },
    restore(from) {
      random = resumeStream(Array.from({ length: 4 }, (_, k) => (from[2 * k]! << 16) | from[2 * k + 1]!));
    },
  };
}
