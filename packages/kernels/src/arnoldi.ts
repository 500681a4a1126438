import { arnoldiLayout, lanes, largestKrylov, panelGroups } from "./generated/abi.ts";
import type { Kernels } from "./kernels.ts";
import type { Block } from "./memory.ts";
import { padded } from "./network.ts";
import { createStruct } from "./struct.ts";

export interface ArnoldiStep {
  readonly batch: number;
  readonly stride: number;
  /** Krylov dimension, at most `largestKrylov`. */
  readonly length: number;
  /** Powers of J in the derivative, 0 where none is wanted. */
  readonly powers: number;
  /** Of the layer; vectors: as rankPullback takes them. */
  readonly weights: Block;
  readonly slopes: Block;
  readonly vectors: Block;
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
  const samples = padded(capacity);
  const start = arena.float32(width * samples);
  const values = arena.float32(samples);
  const residuals = arena.float32(samples);
  const capped = arena.float32(samples);
  const matrices = (panelGroups + 4) * most * most * lanes + 2 * most * lanes;
  const spaces = (2 * most + 3) * width * panelGroups * lanes;
  const none = arena.float32(0);
  const struct = createStruct(arena, arnoldiLayout, {
    width,
    batch: 0,
    stride: 0,
    length: 0,
    powers: 0,
    weights: none,
    slopes: none,
    start,
    values,
    residuals,
    capped,
    vectors: none,
    scratch: arena.float32(spaces + matrices),
  });
  return {
    start,
    values,
    residuals,
    capped,
    run(step) {
      struct.set(step);
      call.arnoldiLayer(struct);
    },
  };
}
