import type { Block } from "@stiffnet/kernels";
import { unchecked } from "@stiffnet/kernels/unchecked";
import type { ProxySpace } from "../proxy.ts";

/** Start vectors kept between epochs take at most this many numbers; more rows share them. */
const largestStore = 2 ** 27;

/** The vectors that an iteration starts from. Each (layer, row of the training set) keeps the vector of the
 *  last time the row was seen. A number is kept for each layer. */
export interface StartVectors {
  /** Says which rows the next batch holds. */
  select(indices: Uint32Array | undefined, batch: number): void;
  /** The vectors of all layers to the block, and back. */
  take(batch: number, stride: number): void;
  put(): void;
  /** One number a layer, to be read and written. */
  readonly perLayer: Float32Array;
  readonly all: Float32Array;
}

/** block: feature-major, [depth][perLayer][width][stride]. */
export function createStartVectors(
  { kernels, depth, width: features, capacity, rows: count }: ProxySpace,
  { block, perLayer }: { block: Block; perLayer: number },
): StartVectors {
  const { arena, call } = unchecked(kernels);
  const width = depth * perLayer * features;
  const kept = Math.max(capacity, Math.min(count, Math.floor(largestStore / width)));
  const end = kept * width;
  const rows = arena.float32(end + depth);
  const slots = arena.uint32(capacity);
  fillWithNoise(rows.array.subarray(0, end));
  const all = { width, rows, step: width, slots, block, batch: 0, stride: 0 };
  let perLayerNow = rows.array.subarray(end);
  return {
    select(indices, batch) {
      const { array } = slots;
      for (let i = 0; i < batch; i++) array[i] = (indices ? indices[i]! : i) % kept;
    },
    take(batch, stride) {
      all.batch = batch;
      all.stride = stride;
      call.takeRows(all);
    },
    put() {
      call.putRows(all);
    },
    get perLayer() {
      const { array } = rows;
      if (perLayerNow.buffer !== array.buffer) perLayerNow = array.subarray(end);
      return perLayerNow;
    },
    get all() {
      return rows.array;
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
