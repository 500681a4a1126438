import type { Block } from "@stiffnet/kernels";
import type { ProxySpace } from "../proxy.ts";

/** Start vectors kept between epochs take at most this many numbers; more rows share them. */
const largestStore = 2 ** 27;

/** The vectors that an iteration starts from, those of each (layer, row of the training set), kept from the last time the
 *  row was seen; and a number a layer. */
export interface StartVectors {
  /** Says which rows the next batch holds. */
  select(indices: Uint32Array | undefined, batch: number): void;
  /** The vectors of layer n to the blocks, and back. */
  take(n: number, batch: number, stride: number): void;
  put(n: number, batch: number, stride: number): void;
  /** One number a layer, to be read and written. */
  readonly perLayer: Float32Array;
  readonly all: Float32Array;
}

/** blocks: feature-major, [terms][width][stride] each. */
export function createStartVectors(
  { kernels, depth, width, capacity, rows }: ProxySpace,
  { blocks, terms }: { blocks: readonly Block[]; terms: number },
): StartVectors {
  const { arena, call } = kernels;
  const together = terms * width;
  const step = depth * blocks.length * together;
  const kept = Math.max(capacity, Math.min(rows, Math.floor(largestStore / step)));
  const end = kept * step;
  const store = arena.float32(end + depth);
  const slots = arena.uint32(capacity);
  fillWithNoise(store.array.subarray(0, end));
  const place = (n: number, k: number): Block => store.at((n * blocks.length + k) * together);
  const all = { width: together, step, slots };
  return {
    select(indices, batch) {
      for (let i = 0; i < batch; i++) slots.array[i] = (indices ? indices[i]! : i) % kept;
    },
    take(n, batch, stride) {
      blocks.forEach((block, k) => {
        call.takeRows({ ...all, batch, stride, rows: place(n, k), block });
      });
    },
    put(n, batch, stride) {
      blocks.forEach((block, k) => {
        call.putRows({ ...all, batch, stride, rows: place(n, k), block });
      });
    },
    get perLayer() {
      return store.array.subarray(end);
    },
    get all() {
      return store.array;
    },
  };
}

/** Start vectors for the first time: a hash of the position, uniform in [-1, 1). */
function fillWithNoise(array: Float32Array): void {
  for (let i = 0; i < array.length; i++) {
    let x = Math.imul(i + 1, 0x9e3779b1);
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    array[i] = ((x ^ (x >>> 16)) | 0) / 2 ** 31;
  }
}
