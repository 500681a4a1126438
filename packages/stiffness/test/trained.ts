import { type Model, resnet, type TrainingData, train } from "@stiffnet/core";
import { standardise } from "@stiffnet/preparation";
import { spectralRadius, stiffnessPenalty } from "../src/index.ts";

/** x1 sin(x2) on a grid. */
export function problem(count = 64): TrainingData {
  const inputs = Float64Array.from({ length: 2 * count }, (_, k) => ((k * 37) % 101) / 25 - 2);
  const outputs = Float64Array.from(
    { length: count },
    (_, i) => inputs[2 * i]! * Math.sin(inputs[2 * i + 1]!),
  );
  const names = { inputNames: ["a", "b"], outputNames: ["y"] };
  const preparation = {
    inputs: standardise(inputs, names.inputNames),
    outputs: standardise(outputs, names.outputNames),
  };
  return { ...names, train: { count, inputs, outputs }, preparation };
}

/** Plainly trained, and with the stiffness penalty. */
export async function trainedModels(width: number, epochs: number): Promise<Model[]> {
  const data = problem();
  const model = resnet({ inputs: 2, outputs: 1, width, depth: 4, seed: width });
  const penalty = stiffnessPenalty(spectralRadius(), { weight: 0.1 });
  const options = { epochs, batchSize: 16, rate: 5e-3 };
  const runs = [await train(model, data, options), await train(model, data, { ...options, penalty })];
  return runs.map((run) => {
    if (run.status !== "finished") throw new Error(run.reason);
    return run.model;
  });
}
