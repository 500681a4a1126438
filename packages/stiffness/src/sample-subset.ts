import { randomStream, resumeStream, shuffle } from "@stiffnet/base";
import type { JacobianBatch, JacobianGradient } from "@stiffnet/core";
import { type Kernels, padded } from "@stiffnet/kernels";

/** Samples that the kernels work on at once, whatever the machine: a part of fewer costs as much. */
const group = 4;

/** How many of a batch's samples a share of them is: whole groups, at least one, at most all. */
export function partOf(share: number, batch: number): number {
  return Math.min(batch, group * Math.max(1, Math.round((share * batch) / group)));
}

/** A random part of each batch's samples, every one of which stands for itself and for others. */
export interface SampleSubset {
  /** Draws anew and returns the chosen samples' Jacobians and rows; all of them where the part is the
   *  whole. */
  draw(jacobians: JacobianBatch, indices: Uint32Array): { jacobians: JacobianBatch; indices: Uint32Array };
  /** values[i] = part[k], k the number within the part of the sample that stands for sample i. */
  spread(part: Float32Array, values: Float32Array): void;
  /** The transpose of `spread`: part[k] is the sum over those that k stands for. */
  gather(values: Float32Array, part: Float32Array): void;
  /** Lets `pull` add to the gradient of the part, and adds that to the gradient of the whole. */
  pullback(gradient: JacobianGradient, pull: (part: JacobianGradient) => void): void;
  /** Numbers of `save`. */
  readonly stateSize: number;
  save(to: Float32Array): void;
  restore(from: Float32Array): void;
}

/** Samples are drawn by a stream of its own; with m of B chosen, the k-th of a random order is stood for by
 *  number k mod m. Every sample is equally likely everywhere, so that a sum over the stand-ins has the sum
 *  over all samples for its mean. */
export function createSampleSubset(
  { arena, call }: Kernels,
  { share, depth, width, capacity }: { share: number; depth: number; width: number; capacity: number },
): SampleSubset {
  const rows = depth * width;
  const most = padded(partOf(share, capacity));
  const slopes = arena.float32(rows * most);
  const gradient = arena.float32(rows * most);
  const lanes = arena.uint32(capacity);
  const standsFor = new Uint32Array(capacity);
  const orders = new Map<number, Uint32Array>();
  let random = randomStream(1, 0);
  let all: JacobianBatch;
  let count = 0;
  const whole = (): boolean => count === all.batch;
  return {
    draw(jacobians, indices) {
      const { batch } = jacobians;
      all = jacobians;
      count = partOf(share, batch);
      if (whole()) return { jacobians, indices };
      const order = orders.get(batch) ?? new Uint32Array(batch);
      orders.set(batch, order);
      shuffle(order, random);
      for (let k = 0; k < batch; k++) standsFor[order[k]!] = k % count;
      const chosen = order.subarray(0, count);
      lanes.array.set(chosen);
      const stride = padded(count);
      call.takeLanes({
        ...{ rows, count, lanes, packed: stride, out: slopes },
        ...{ stride: jacobians.stride, in: arena.blockOf(jacobians.slopes) },
      });
      return {
        jacobians: { ...jacobians, batch: count, stride, slopes: slopes.array.subarray(0, rows * stride) },
        indices: Uint32Array.from(chosen, (i) => indices[i]!),
      };
    },
    spread(part, values) {
      if (whole()) values.set(part.subarray(0, count));
      else for (let i = 0; i < all.batch; i++) values[i] = part[standsFor[i]!]!;
    },
    gather(values, part) {
      if (whole()) return part.set(values.subarray(0, count));
      part.fill(0, 0, count);
      for (let i = 0; i < all.batch; i++) part[standsFor[i]!]! += values[i]!;
    },
    pullback(given, pull) {
      if (whole()) return pull(given);
      const packed = padded(count);
      const own = gradient.array.subarray(0, rows * packed).fill(0);
      pull({ weights: given.weights, slopes: own });
      call.addLanes({
        ...{ rows, count, packed, in: gradient, lanes },
        ...{ stride: all.stride, out: arena.blockOf(given.slopes) },
      });
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
