import { randomStream } from "@stiffnet/base";
import { standardise } from "@stiffnet/preparation";
import { resnet, type TrainingData } from "../src/index.ts";

/** y = x1 x2 / 2 and 1e-9 (x1 - x2) on a few points: quick to learn, with outputs of very different size. */
export function problem(count = 61, extra: Partial<TrainingData> = {}): TrainingData {
  const random = randomStream(11, 0);
  const draw = (rows: number) => {
    const inputs = Float64Array.from({ length: 2 * rows }, () => 4 * random.uniform() - 2);
    const outputs = new Float64Array(2 * rows);
    for (let i = 0; i < rows; i++) {
      outputs[2 * i] = (inputs[2 * i]! * inputs[2 * i + 1]!) / 2;
      outputs[2 * i + 1] = 1e-9 * (inputs[2 * i]! - inputs[2 * i + 1]!);
    }
    return { count: rows, inputs, outputs };
  };
  const names = { inputNames: ["a", "b"], outputNames: ["product", "difference"] };
  const set = draw(count);
  const preparation = {
    inputs: standardise(set.inputs, names.inputNames),
    outputs: standardise(set.outputs, names.outputNames),
  };
  return { ...names, train: set, test: draw(20), preparation, ...extra };
}

export const model = resnet({ inputs: 2, outputs: 2, width: 8, depth: 3, seed: 4 });
export const quick = { epochs: 30, batchSize: 8, rate: 5e-3 };
