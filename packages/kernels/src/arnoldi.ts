import { arnoldiLayout, lanes, largestKrylov, panelGroups } from "./generated/abi.ts";
import { type Kernels, unchecked } from "./kernels.ts";
import type { Block } from "./memory.ts";
import { padded } from "./network.ts";
import { createStruct } from "./struct.ts";

export interface ArnoldiStep {
  readonly stride: number;
  /** Powers of J in the derivative. 0 computes no derivative. */
  readonly powers: number;
  /** [depth]: Krylov dimensions, at most `largestKrylov`. */
  readonly lengths: Block<Int32Array>;
  /** Arrays of all layers. `vectors` is in the form of rankSlopes. It is not written if `powers` is 0. */
  readonly weights: Block;
  readonly slopes: Block;
  readonly vectors: Block;
}

/** Buffers of the spectral radius by Arnoldi, for all layers of a batch. */
export interface Arnoldi {
  /** Start vectors, [depth][width][stride], and what replaces them. */
  readonly start: Block;
  /** [depth][stride] each. */
  readonly values: Block;
  readonly residuals: Block;
  /** 1 where the derivative was cut to a bounded length. */
  readonly capped: Block;
  run(step: ArnoldiStep): void;
}

export function createArnoldi(
  kernels: Kernels,
  { depth, width, capacity }: { readonly depth: number; readonly width: number; readonly capacity: number },
): Arnoldi {
  const { arena, call, threads } = unchecked(kernels);
  const most = largestKrylov + 1;
  const samples = padded(capacity);
  const start = arena.float32(depth * width * samples);
  const values = arena.float32(depth * samples);
  const residuals = arena.float32(depth * samples);
  const capped = arena.float32(depth * samples);
  const matrices = (panelGroups + 4) * most * most * lanes + 2 * most * lanes;
  const spaces = (2 * most + 3) * width * panelGroups * lanes;
  const room = spaces + matrices;
  const none = arena.float32(0);
  const struct = createStruct(arena, arnoldiLayout, {
    depth,
    width,
    stride: 0,
    powers: 0,
    lengths: arena.int32(0),
    weights: none,
    slopes: none,
    start,
    values,
    residuals,
    capped,
    vectors: none,
    room,
    scratch: arena.float32(threads * room),
    turned: arena.float32(threads * width * width),
  });
  return {
    start,
    values,
    residuals,
    capped,
    run(step) {
      struct.set(step);
      call.arnoldiLayers(struct);
    },
  };
}
