import type { Kernels } from "./kernels.ts";
import type { Block } from "./memory.ts";
import { lanes } from "./network.ts";

/** Largest Krylov dimension the kernels take. */
export const largestKrylov = 31;

/** Samples that are worked on at once: PANEL lane groups of c/arnoldi.c. */
const panel = 16;

/** Flags of a (layer, sample), as c/arnoldi.c sets them. */
export const arnoldiFlags = { twoSided: 0, unmatched: 1, capped: 2, none: 3 } as const;

export interface ArnoldiStep {
  readonly batch: number;
  readonly stride: number;
  /** Krylov dimensions; left = 0 where no left vector is wanted. */
  readonly right: number;
  readonly left: number;
  readonly oneSided: boolean;
  readonly mismatch: number;
  readonly cap: number;
  /** Addresses. */
  readonly weights: number;
  readonly slopes: number;
  readonly vectors: number;
}

/** Buffers of the spectral radius by Arnoldi, for one layer at a time. */
export interface ArnoldiLayer {
  /** Start vectors, [width][stride], and what replaces them. */
  readonly startRight: Block;
  readonly startLeft: Block;
  readonly values: Block;
  readonly residuals: Block;
  readonly flags: Block;
  /** Numbers of one layer's Ritz vectors, for the pullback. */
  readonly vectorSize: (stride: number) => number;
  /** Scratch of the pullback. */
  readonly scratch: Block;
  run(step: ArnoldiStep): void;
}

export function createArnoldi({ arena, call }: Kernels, width: number, capacity: number): ArnoldiLayer {
  const most = largestKrylov + 1;
  const padded = Math.ceil(capacity / lanes) * lanes;
  const block = width * padded;
  const startRight = arena.float32(block);
  const startLeft = arena.float32(block);
  const values = arena.float32(padded);
  const residuals = arena.float32(padded);
  const flags = arena.float32(padded);
  const matrices = (panel / lanes + 4) * most * most * lanes + 2 * most * lanes;
  const spaces = (2 * most + 2) * width * panel;
  const scratch = arena.float32(Math.max(spaces + matrices, 4 * block + width * width));
  const words = 17;
  const descriptor = arena.int32(words);
  return {
    startRight,
    startLeft,
    values,
    residuals,
    flags,
    vectorSize: (stride) => 6 * width * stride,
    scratch,
    run({ batch, stride, right, left, oneSided, mismatch, cap, weights, slopes, vectors }) {
      // The order of the fields is that of the struct in c/arnoldi.c.
      const { array } = descriptor;
      const floats = new Float32Array(array.buffer, descriptor.address, words);
      array[0] = width;
      array[1] = batch;
      array[2] = stride;
      array[3] = right;
      array[4] = left;
      array[5] = oneSided ? 1 : 0;
      floats[6] = mismatch;
      floats[7] = cap;
      array[8] = weights;
      array[9] = slopes;
      array[10] = startRight.address;
      array[11] = startLeft.address;
      array[12] = values.address;
      array[13] = residuals.address;
      array[14] = flags.address;
      array[15] = vectors;
      array[16] = scratch.address;
      call.arnoldi_layer(descriptor.address);
    },
  };
}
