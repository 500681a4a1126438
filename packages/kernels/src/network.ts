import type { Kernels } from "./kernels.ts";
import type { Block } from "./memory.ts";

/** Vector width of the kernels: batches are padded to a multiple of it. */
export const lanes = 4;

/** What the kernels call an activation. */
export const activationCode: Readonly<Record<"tanh" | "relu" | "softplus" | "sin" | "identity", number>> = {
  tanh: 0,
  relu: 1,
  softplus: 2,
  sin: 3,
  identity: 4,
};

export interface NetworkShape {
  readonly inputs: number;
  readonly outputs: number;
  /** Dimension of the state. */
  readonly width: number;
  readonly depth: number;
  readonly activation: keyof typeof activationCode;
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

/** A residual network's buffers in the kernels' memory, for chunks of up to `capacity` samples. Activations are
 *  feature-major, [features][stride], with the samples in the lanes. */
export interface Network {
  /** Address of the descriptor that the kernels take. */
  readonly address: number;
  readonly shape: NetworkShape;
  readonly capacity: number;
  readonly parameters: Block;
  readonly gradient: Block;
  /** s'(z): [depth][width][stride] of the current chunk. */
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
  /** Where `backward` writes, for gradients that are summed over chunks. */
  setGradient(address: number): void;
}

/** penalty: whether `backward` adds what a penalty owes through the slopes. stages: of the solver, 1 by default. */
export function createNetwork(
  kernels: Kernels,
  shape: NetworkShape,
  options: { size: number; capacity: number; penalty: boolean; stages?: number },
): Network {
  const { inputs, outputs, width, depth } = shape;
  const { arena } = kernels;
  const capacity = padded(options.capacity);
  const layers = depth * width * capacity;
  const parameters = arena.float32(options.size);
  const gradient = arena.float32(options.size);
  const x = arena.float32(inputs * capacity);
  const xRows = arena.float32(capacity * inputs);
  const y = arena.float32(outputs * capacity);
  const states = arena.float32(layers + width * capacity);
  const values = arena.float32(options.penalty ? layers : width * capacity);
  const slopes = arena.float32((options.stages ?? 1) * layers);
  const predictions = arena.float32(outputs * capacity);
  const g = arena.float32(width * capacity);
  const z = arena.float32(width * capacity);
  const rows = arena.float32(capacity * width);
  const gradSlopes = arena.float32(options.penalty ? layers : 0);

  // The order of the fields is that of the struct in c/network.c.
  const words = [
    inputs,
    outputs,
    width,
    depth,
    activationCode[shape.activation],
    activationCode[shape.lift],
    0,
    0,
    0,
    0,
    shape.lifted ?? width,
    shape.nodes ?? depth,
    shape.skip === false ? 0 : 1,
  ];
  const pointers = [parameters, gradient, x, xRows, y, states, values, slopes, predictions, g, z, rows];
  const descriptor = arena.int32(words.length + pointers.length + 1);
  descriptor.array.set([
    ...words,
    ...pointers.map((block) => block.address),
    options.penalty ? gradSlopes.address : 0,
  ]);
  const field = { alpha: 6, batch: 7, stride: 8, valueStep: 9, gradient: words.length + 1 };
  const setAlpha = (alpha: number): void => {
    new Float32Array(descriptor.array.buffer, descriptor.address, words.length)[field.alpha] = alpha;
  };
  setAlpha(shape.alpha);

  let batch = 0;
  let stride = 0;
  return {
    address: descriptor.address,
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
      batch = count;
      stride = padded(count);
      const { array } = descriptor;
      array[field.batch] = batch;
      array[field.stride] = stride;
      array[field.valueStep] = options.penalty ? width * stride : 0;
    },
    setAlpha,
    setGradient(address) {
      descriptor.array[field.gradient] = address;
    },
  };
}

function padded(count: number): number {
  return Math.ceil(count / lanes) * lanes;
}
