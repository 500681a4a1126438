import { checkOptions, flag, needed, StiffnetError, whole } from "@stiffnet/base";
import { activations, lanes, type NetworkFields, networkLayout } from "./generated/abi.ts";
import type { Kernels } from "./kernels.ts";
import type { Block } from "./memory.ts";
import { createStruct, type Struct } from "./struct.ts";

export type ActivationName = keyof typeof activations;

/** Samples of a batch with its padding: the distance of features in memory. */
export function padded(batch: number): number {
  return Math.ceil(batch / lanes) * lanes;
}

export interface NetworkShape {
  readonly inputs: number;
  readonly outputs: number;
  /** Dimension of the state. */
  readonly width: number;
  readonly depth: number;
  readonly activation: ActivationName;
  readonly lift: "tanh" | "identity";
  /** Step of a block: h <- h + alpha s(W h + b). */
  readonly alpha: number;
  /** Features that the lift fills, all of the state's by default; the others begin at zero. */
  readonly lifted?: number;
  /** Weight matrices, `depth` by default: one for each time that a solver reads the weights at. */
  readonly nodes?: number;
  /** false: a block replaces its state by s(W h + b). */
  readonly skip?: boolean;
}

/** A residual network's buffers in the kernels' memory, for chunks of up to `capacity` samples.
 *  Activations are feature-major, [features][stride], with the samples in the lanes. */
export interface Network {
  /** The struct that the kernels take. */
  readonly struct: Struct<NetworkFields>;
  readonly shape: NetworkShape;
  readonly capacity: number;
  readonly parameters: Block;
  readonly gradient: Block;
  /** s'(z): [depth][width][stride] of the current chunk, until `backward` leaves dL/dz in it. */
  readonly slopes: Block;
  /** dL/d(slopes), the same shape; read by `backward` where there is a penalty. */
  readonly gradSlopes: Block;
  /** Predictions, then residuals: [outputs][stride]. */
  readonly predictions: Block;
  /** The final state h_N: [width][stride] of the current chunk stands at depth * width * stride. */
  readonly states: Block;
  /** Samples of the current chunk, and their padded count. */
  readonly batch: number;
  readonly stride: number;
  setBatch(batch: number): void;
  setAlpha(alpha: number): void;
  /** Sets the output of `backward`, for gradients that are summed over chunks. */
  setGradient(gradient: Block): void;
}

/** penalty: whether `backward` adds what a penalty owes through the slopes. stages: of the solver, 1 by
 *  default. */
export function createNetwork(
  kernels: Kernels,
  shape: NetworkShape,
  options: { size: number; capacity: number; penalty: boolean; stages?: number },
): Network {
  checkOptions("createNetwork", options, {
    size: needed(whole(1)),
    capacity: needed(whole(1)),
    penalty: needed(flag),
    stages: whole(1),
  });
  const { arena, threads } = kernels;
  const { inputs, outputs, width, depth } = shape;
  const { penalty, stages = 1 } = options;
  const capacity = padded(options.capacity);
  const layers = depth * width * capacity;
  // Rows a kilobyte or more apart by a power of two would share few places of the first cache.
  const row = width % 256 === 0 ? width + 16 : width;
  const parameters = arena.float32(options.size);
  const gradient = arena.float32(options.size);
  const states = arena.float32(layers + width * capacity);
  const slopes = arena.float32(stages * layers);
  const predictions = arena.float32(outputs * capacity);
  const gradSlopes = arena.float32(penalty ? layers : 0);
  const struct = createStruct(arena, networkLayout, {
    inputs,
    outputs,
    width,
    depth,
    activation: activations[shape.activation],
    lift: activations[shape.lift],
    alpha: shape.alpha,
    batch: 0,
    stride: 0,
    lifted: shape.lifted ?? width,
    nodes: shape.nodes ?? depth,
    skip: shape.skip === false ? 0 : 1,
    parameters,
    gradient,
    x: arena.float32(inputs * capacity),
    xRows: arena.float32(capacity * inputs),
    y: arena.float32(outputs * capacity),
    h: states,
    slope: slopes,
    f: predictions,
    g: arena.float32(width * capacity),
    z: arena.float32(width * capacity),
    row,
    rows: arena.float32(threads * capacity * row),
    curvature: penalty ? arena.float32(layers) : undefined,
    gradSlope: penalty ? gradSlopes : undefined,
  });

  let batch = 0;
  let stride = 0;
  return {
    struct,
    shape,
    capacity,
    parameters,
    gradient,
    slopes,
    gradSlopes,
    predictions,
    states,
    get batch() {
      return batch;
    },
    get stride() {
      return stride;
    },
    setBatch(count) {
      if (!Number.isInteger(count) || count < 0 || count > capacity) {
        throw new StiffnetError(
          `network: batch is ${count}, expected a whole number from 0 to ${capacity}, the network's capacity`,
          { code: "bad_option" },
        );
      }
      batch = count;
      stride = padded(count);
      struct.set({ batch, stride });
    },
    setAlpha: (alpha) => struct.set({ alpha }),
    setGradient: (to) => struct.set({ gradient: to }),
  };
}
