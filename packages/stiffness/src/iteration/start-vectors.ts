import { type Block, padded } from "@stiffnet/kernels";
import type { ProxySpace } from "../proxy.ts";

/** Start vectors kept between epochs take at most this many numbers; more rows share them. */
const largestStore = 2 ** 27;

/** The vectors that an iteration starts from, one set for each (layer, row of the training set), kept from the last
 *  time the row was seen; and some numbers a layer. */
export interface Tracks {
  /** Says which rows the next batch holds. */
  select(indices: Uint32Array | undefined, batch: number): void;
  /** Vectors number `at` and following of layer n, to a feature-major block and back. */
  take(n: number, at: number, block: Block, batch: number, stride: number): void;
  put(n: number, at: number, block: Block, batch: number, stride: number): void;
  /** The layers' numbers of one kind after the other, to be read and written: [numbers, N]. */
  readonly perLayer: Float32Array;
  readonly all: Float32Array;
  /** A block that `take` fills. */
  block(): Block;
}

/** vectors: kept for each (layer, row); together: how many of them a block holds; numbers: kept for each layer. */
export function createTracks(
  { kernels, depth, width, capacity, rows }: ProxySpace,
  { vectors, together, numbers = 1 }: { vectors: number; together: number; numbers?: number },
): Tracks {
  const { arena, call } = kernels;
  const perSlot = depth * vectors * width;
  const kept = Math.max(capacity, Math.min(rows, Math.floor(largestStore / perSlot)));
  const end = kept * perSlot;
  const store = arena.float32(end + numbers * depth);
  const slots = arena.uint32(capacity);
  fillWithNoise(store.array.subarray(0, end));
  const rowsFrom = (n: number, at: number): Block => store.at((n * vectors + at) * width);
  const rowsOf = together * width;
  return {
    select(indices, batch) {
      for (let i = 0; i < batch; i++) slots.array[i] = (indices ? indices[i]! : i) % kept;
    },
    take(n, at, block, batch, stride) {
      call.takeRows({ width: rowsOf, batch, stride, rows: rowsFrom(n, at), step: perSlot, slots, block });
    },
    put(n, at, block, batch, stride) {
      call.putRows({ width: rowsOf, batch, stride, rows: rowsFrom(n, at), step: perSlot, slots, block });
    },
    get perLayer() {
      return store.array.subarray(end);
    },
    get all() {
      return store.array;
    },
    block: () => arena.float32(rowsOf * padded(capacity)),
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
