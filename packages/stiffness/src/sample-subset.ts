import { randomStream, resumeStream } from "@stiffnet/base";
import type { JacobianBatch } from "@stiffnet/core";
import { type Kernels, padded } from "@stiffnet/kernels";
import { unchecked } from "@stiffnet/kernels/unchecked";
import { requireBatch } from "./proxy.ts";

/** Samples that the kernels work on at once, whatever the machine: a part of fewer costs as much. */
const group = 4;

/** How many of a batch's samples a share of them is: all, or whole groups, at least one. */
export function partOf(share: number, batch: number): number {
  if (share === 1) return batch;
  return Math.min(batch, group * Math.max(1, Math.round((share * batch) / group)));
}

interface Part {
  readonly jacobians: JacobianBatch;
  readonly indices: Uint32Array;
  /** The gradient by the slopes. */
  readonly pulled: Float32Array;
}

/** A random part of each batch's samples. Every chosen sample represents itself and others. */
export interface SampleSubset {
  /** Draws anew, and returns the Jacobians and rows of the chosen samples. */
  draw(jacobians: JacobianBatch, indices: Uint32Array): { jacobians: JacobianBatch; indices: Uint32Array };
  /** values[i] = part[k], k the number within the part of the sample that stands for sample i. */
  spread(part: Float32Array, values: Float32Array): void;
  /** The transpose of `spread`: part[k] is the sum of the values that sample k of the part represents. */
  gather(values: Float32Array, part: Float32Array): void;
  /** Lets `pull` add to the gradient by the part's slopes, and adds that to the gradient by all. */
  pullback(slopes: Float32Array, pull: (part: Float32Array) => void): void;
  /** Numbers of `save`. */
  readonly stateSize: number;
  save(to: Float32Array): void;
  restore(from: Float32Array): void;
}

/** Samples are drawn by a stream of its own. With m of B chosen, sample k is represented by chosen sample k
 *  mod m, in the order of drawing. Every sample is equally likely everywhere, so that a sum over the
 *  stand-ins has the sum over all samples for its mean. */
export function createSampleSubset(
  kernels: Kernels,
  space: { share: number; depth: number; width: number; capacity: number },
): SampleSubset {
  const { arena, call } = unchecked(kernels);
  const { share, depth, width, capacity } = space;
  const rows = depth * width;
  const most = padded(partOf(share, capacity));
  const slopes = arena.float32(rows * most);
  const gradient = arena.float32(rows * most);
  const lanes = arena.uint32(capacity);
  const order = new Uint32Array(capacity);
  const parts = new Map<number, Part>();
  let random = randomStream(1, 0);
  let all: JacobianBatch;
  let count = 0;
  const whole = (): boolean => count === all.batch;
  /** Views, made once a batch size (and again when the memory has moved). */
  const partIn = (jacobians: JacobianBatch): Part => {
    const known = parts.get(count);
    if (known?.jacobians.weights === jacobians.weights) return known;
    const stride = padded(count);
    const made = {
      jacobians: { ...jacobians, batch: count, stride, slopes: slopes.array.subarray(0, rows * stride) },
      indices: new Uint32Array(count),
      pulled: gradient.array.subarray(0, rows * stride),
    };
    parts.set(count, made);
    return made;
  };
  return {
    draw(jacobians, indices) {
      requireBatch(space, jacobians);
      const { batch } = jacobians;
      all = jacobians;
      count = partOf(share, batch);
      if (whole()) return { jacobians, indices };
      const part = partIn(jacobians);
      const chosen = lanes.array;
      for (let i = 0; i < batch; i++) order[i] = i;
      for (let k = 0; k < count; k++) {
        const at = k + random.below(batch - k);
        const i = order[at]!;
        order[at] = order[k]!;
        chosen[k] = i;
        part.indices[k] = indices[i]!;
      }
      const { stride } = part.jacobians;
      const block = arena.blockOf(jacobians.slopes);
      call.takeLanes({
        rows,
        count,
        stride: jacobians.stride,
        in: block,
        lanes,
        packed: stride,
        out: slopes,
      });
      return part;
    },
    spread(part, values) {
      if (whole()) values.set(part.subarray(0, count));
      else for (let i = 0; i < all.batch; i++) values[i] = part[i % count]!;
    },
    gather(values, part) {
      if (whole()) return part.set(values.subarray(0, count));
      part.fill(0, 0, count);
      for (let i = 0; i < all.batch; i++) part[i % count]! += values[i]!;
    },
    pullback(to, pull) {
      if (whole()) return pull(to);
      const { pulled, jacobians } = partIn(all);
      requireBatch(space, all, to);
      pulled.fill(0);
      pull(pulled);
      const [packed, out] = [jacobians.stride, arena.blockOf(to)];
      call.addLanes({ rows, count, packed, in: gradient, lanes, stride: all.stride, out });
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
