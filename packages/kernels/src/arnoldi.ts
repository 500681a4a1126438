import type { Kernels } from "./kernels.ts";
import type { Block } from "./memory.ts";
import { lanes } from "./network.ts";

/** Largest Krylov dimension the kernels take. */
export const largestKrylov = 31;

/** Samples that are worked on at once: PANEL lane groups of c/arnoldi.c. */
const panel = 16;

export interface ArnoldiStep {
  readonly batch: number;
  readonly stride: number;
  /** Krylov dimension. */
  readonly length: number;
  /** Powers of J in the derivative, 0 where none is wanted. */
  readonly powers: number;
  /** Addresses; vectors: as rank_pullback takes them. */
  readonly weights: number;
  readonly slopes: number;
  readonly vectors: number;
}

/** Buffers of the spectral radius by Arnoldi, for one layer at a time. */
export interface ArnoldiLayer {
  /** Start vectors, [width][stride], and what replaces them. */
  readonly start: Block;
  readonly values: Block;
  readonly residuals: Block;
  /** 1 where the derivative was cut to a bounded length. */
  readonly capped: Block;
  run(step: ArnoldiStep): void;
}

export function createArnoldi({ arena, call }: Kernels, width: number, capacity: number): ArnoldiLayer {
  const most = largestKrylov + 1;
  const padded = Math.ceil(capacity / lanes) * lanes;
  const start = arena.float32(width * padded);
  const values = arena.float32(padded);
  const residuals = arena.float32(padded);
  const capped = arena.float32(padded);
  const matrices = (panel / lanes + 4) * most * most * lanes + 2 * most * lanes;
  const spaces = (2 * most + 3) * width * panel;
  const scratch = arena.float32(spaces + matrices);
  const descriptor = arena.int32(13);
  return {
    start,
    values,
    residuals,
    capped,
    run({ batch, stride, length, powers, weights, slopes, vectors }) {
      // The order of the fields is that of the struct in c/arnoldi.c.
      const { array } = descriptor;
      const fields = [width, batch, stride, length, powers, weights, slopes];
      const blocks = [start.address, values.address, residuals.address, capped.address, vectors];
      array.set([...fields, ...blocks, scratch.address]);
      call.arnoldi_layer(descriptor.address);
    },
  };
}
