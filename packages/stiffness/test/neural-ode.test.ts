import { randomStream } from "@stiffnet/base";
import { createEngine, neuralOde, stepSolvers, train } from "@stiffnet/core";
import { expect, it } from "vitest";
import { blockWeights } from "../../core/test/block-weights.ts";
import { frobenius, measure, spectra, spectralRadius, stability, stiffnessPenalty } from "../src/index.ts";

const random = randomStream(3, 0);
const inputs = Float64Array.from({ length: 80 }, () => 2 * random.uniform() - 1);
const set = { count: 40, inputs, outputs: inputs.filter((_, i) => i % 2 === 0).map((v) => v * v) };
const data = {
  inputNames: ["a", "b"],
  outputNames: ["square"],
  train: set,
  preparation: { inputs: { columns: 2, steps: [] }, outputs: { columns: 1, steps: [] } },
};
const shape = { inputs: 2, outputs: 1, width: 5, augment: 2, depth: 6, horizon: 2 };

it.each(stepSolvers)("%s: the Jacobians of the field are measured and penalised", async (solver) => {
  const model = neuralOde({ ...shape, solver, weights: "quadratic", seed: 1 });
  const options = { epochs: 60, batchSize: 10, rate: 5e-3 };
  const penalty = stiffnessPenalty(spectralRadius(), { weight: 0.5 });
  const [free, held] = await Promise.all([
    train(model, data, options),
    train(model, data, { ...options, penalty }),
  ]);
  expect(held.status).toBe("finished");
  const mean = (run: typeof free) => measure(run.model, set, spectralRadius()).mean;
  expect(mean(held)).toBeLessThan(0.8 * mean(free));
  const found = spectra(held.model, set, { most: 5 });
  expect([found.width, found.depth, found.failed]).toEqual([7, 6, 0]);
  expect(stability(held.model, set).alpha).toBe(2 / 6);
});

it("the penalty's gradient flows through the basis: as by central differences", () => {
  const model = neuralOde({ ...shape, solver: "heun", weights: "linear", seed: 1 });
  const penalty = stiffnessPenalty(frobenius(), { weight: 0.5 });
  const engine = createEngine(model.config, { batchSize: 40, penalty, rows: 40 });
  const table = engine.table(set.inputs, set.outputs);
  const order = Uint32Array.from({ length: 40 }, (_, i) => i);
  const loss = (parameters: Float32Array): number => {
    engine.write({ parameters });
    return engine.lossAndGradient(table, order, 0, 40).loss;
  };
  loss(model.parameters);
  const gradient = engine.gradient();
  // Along a few directions of norm 1: the loss in float32, 1e-7 over twice the step.
  for (const seed of [1, 2, 3]) {
    const stream = randomStream(seed, 0);
    const raw = Float64Array.from(gradient, () => 2 * stream.uniform() - 1);
    const direction = raw.map((v) => v / Math.hypot(...raw));
    const along = (step: number) => loss(model.parameters.map((v, i) => v + step * direction[i]!));
    const central = (along(5e-3) - along(-5e-3)) / 1e-2;
    const exact = direction.reduce((sum, v, i) => sum + v * gradient[i]!, 0);
    expect(Math.abs(exact - central)).toBeLessThan(1e-4);
    expect(Math.abs(exact)).toBeGreaterThan(1e-3);
  }
});

it("the weights of the batch are those at the beginning of the steps", () => {
  const model = neuralOde({ ...shape, weights: { basis: "piecewiseLinear", knots: 3 }, seed: 1 });
  const weights = blockWeights(model);
  // W(t_3) at half the horizon is the middle knot's Theta.
  const { offset, size } = model.layout.blocks[1]!.weight;
  expect(weights.subarray(3 * size, 4 * size)).toEqual(model.parameters.subarray(offset, offset + size));
});
