import type { TrainingData } from "../src/index.ts";
import { draw } from "./gradients.ts";

/** y = (x1 x2, x1 - x2). */
export function problem(count = 60): TrainingData {
  const inputs = Float64Array.from(draw(8, 2 * count));
  const outputs = new Float64Array(2 * count);
  for (let i = 0; i < count; i++) {
    outputs[2 * i] = inputs[2 * i]! * inputs[2 * i + 1]!;
    outputs[2 * i + 1] = inputs[2 * i]! - inputs[2 * i + 1]!;
  }
  return {
    inputNames: ["a", "b"],
    outputNames: ["product", "difference"],
    train: { count, inputs, outputs },
    preparation: { inputs: { columns: 2, steps: [] }, outputs: { columns: 2, steps: [] } },
  };
}

export const shape = { inputs: 2, outputs: 2, width: 8, depth: 5 };
export const quick = { epochs: 12, batchSize: 16, rate: 5e-3 };
