import type { EngineFactory, ModelConfig, Penalty, TrainingData } from "@stiffnet/core";
import { standardise } from "@stiffnet/preparation";
import { describe } from "vitest";
import { needs } from "../../../scripts/needs.ts";
import { type TfjsBackend, tfjsBackends } from "../src/index.ts";

/** One `describe` a backend: all are there but the native one, which takes a library. */
export function describeBackends(
  what: string,
  tests: (backend: TfjsBackend) => void,
  backends: readonly TfjsBackend[] = tfjsBackends,
): void {
  for (const backend of backends) {
    const options = backend === "tensorflow" ? needs("tensorflow") : {};
    describe(`the ${backend} backend ${what}`, options, () => tests(backend));
  }
}

/** |a - b| / |b| in the Euclidean norm. */
export function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let error = 0;
  let size = 0;
  for (let i = 0; i < b.length; i++) {
    error += (a[i]! - b[i]!) ** 2;
    size += b[i]! ** 2;
  }
  return Math.sqrt(error / size);
}

/** count numbers spread evenly over (-1, 1). */
export function spread(count: number, start = 0): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => (((i + start) * 0.6180339887) % 1) * 2 - 1);
}

/** Loss, gradient, predictions and norm of one engine on one whole batch. */
export async function onBatch(
  make: EngineFactory,
  config: ModelConfig,
  parameters: Float32Array,
  samples: { x: ArrayLike<number>; y: ArrayLike<number> },
  penalty?: Penalty,
  horizon?: number,
) {
  const batchSize = samples.x.length / config.inputs;
  const engine = await make(config, { batchSize, penalty, rows: batchSize });
  engine.write({ parameters });
  const table = engine.table(samples.x, samples.y);
  const order = new Uint32Array(batchSize);
  // Backwards, so that rows and positions differ.
  for (let i = 0; i < batchSize; i++) order[i] = batchSize - 1 - i;
  const loss = { ...engine.lossAndGradient(table, order, 0, batchSize, horizon) };
  const gradient = engine.gradient();
  const predictions = new Float32Array(batchSize * config.outputs);
  let squares = 0;
  engine.forward(table, (chunk) => {
    squares += chunk.squares;
    for (let i = 0; i < chunk.batch; i++) {
      for (let o = 0; o < config.outputs; o++)
        predictions[(chunk.first + i) * config.outputs + o] = chunk.predictions[o * chunk.stride + i]!;
    }
  });
  const norm = engine.norm();
  engine.dispose?.();
  return { ...loss, gradient, predictions, norm, forwardSquares: squares };
}

/** y = x1 x2 on a few points. */
export function product(count = 45): TrainingData {
  const set = (from: number, rows: number) => {
    const inputs = Float64Array.from({ length: 2 * rows }, (_, i) => 2 * spread(1, from + i)[0]!);
    const outputs = Float64Array.from({ length: rows }, (_, i) => inputs[2 * i]! * inputs[2 * i + 1]!);
    return { count: rows, inputs, outputs };
  };
  const train = set(0, count);
  return {
    inputNames: ["a", "b"],
    outputNames: ["product"],
    train,
    test: set(1000, 20),
    preparation: {
      inputs: standardise(train.inputs, ["a", "b"]),
      outputs: standardise(train.outputs, ["product"]),
    },
  };
}
