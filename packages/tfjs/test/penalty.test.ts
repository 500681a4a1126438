import { resnet, train } from "@stiffnet/core";
import { expect, it } from "vitest";
import { tensorGelfandPenalty, tensorPenalty, tfjsEngine } from "../src/index.ts";
import { difference, onBatch, product, spread } from "./problem.ts";

/** p_i = mean over layers of (trace J_{n,i})^2: no library has it. */
const divergence = (weight: number) =>
  tensorPenalty({
    name: "divergence",
    weight,
    of(tf, { weights, slopes }) {
      const [, , D] = slopes.shape;
      const diagonals = tf.sum(tf.mul(weights, tf.eye(D)), 2, false);
      return tf.mean(tf.square(tf.sum(tf.mul(slopes, tf.expandDims(diagonals, 1)), 2)), 0);
    },
  });

it("differentiates tensor code through weights and slopes: central differences of the loss", async () => {
  const { config, layout, parameters } = resnet({ inputs: 2, outputs: 1, width: 3, depth: 2, seed: 5 });
  const samples = { x: spread(8), y: spread(4, 40) };
  const at = (moved: Float32Array) =>
    onBatch(tfjsEngine({ backend: "cpu" }), config, moved, samples, divergence(3));
  const { gradient, penaltySum } = await at(parameters);
  expect(penaltySum).toBeGreaterThan(0.1);
  // Float32 losses are exact to 1e-7. A step of 2e-2 then leaves errors of 1e-5 by rounding and 1e-4 by
  // curvature.
  const step = 2e-2;
  const central = new Float32Array(layout.size);
  for (let k = 0; k < layout.size; k++) {
    const moved = (by: number) => parameters.map((p, i) => (i === k ? p + by : p));
    central[k] = ((await at(moved(step))).loss - (await at(moved(-step))).loss) / (2 * step);
  }
  expect(difference(gradient, central)).toBeLessThan(2e-3);
});

it("trains a penalty of one's own from end to end", async () => {
  const model = resnet({ inputs: 2, outputs: 1, width: 8, depth: 3, seed: 4 });
  const options = { epochs: 60, batchSize: 8, rate: 5e-3, engine: tfjsEngine() };
  const data = product();
  const plain = await train(model, data, { ...options, penalty: divergence(0) });
  const calm = await train(model, data, { ...options, penalty: divergence(1) });
  expect(calm.history.at(-1)!.penalty).toBeLessThan(0.1 * plain.history.at(-1)!.penalty);
  expect(calm.history.at(-1)!.riskTest).toBeLessThan(0.5 * calm.history[0]!.riskTest!);
});

it("names every parameter, and takes a scalar as the value of each sample", async () => {
  const { config, parameters } = resnet({ inputs: 2, outputs: 1, width: 3, depth: 2, seed: 5 });
  let names: string[] = [];
  const penalty = tensorPenalty({
    name: "bias",
    weight: 2,
    of(tf, tensors) {
      names = Object.keys(tensors.parameters);
      return tf.sum(tf.square(tensors.parameters["readout.bias"]!));
    },
  });
  const moved = parameters.slice();
  moved[moved.length - 1] = 3;
  const { penaltySum, penaltySquares, squares, loss } = await onBatch(
    tfjsEngine(),
    config,
    moved,
    { x: spread(8), y: spread(4) },
    penalty,
  );
  expect(names.join(" ")).toBe(
    "lift.weight lift.bias blocks.0.weight blocks.1.weight blocks.0.bias blocks.1.bias readout.weight readout.bias",
  );
  expect([penaltySum, penaltySquares]).toEqual([4 * 9, 4 * 81]);
  expect(loss).toBeCloseTo(Math.sqrt((squares + 2 * 324) / 4), 5);
});

it("refuses what cannot be", async () => {
  const model = resnet({ inputs: 2, outputs: 1, width: 3, depth: 2 });
  await expect(train(model, product(), { epochs: 1, penalty: divergence(1) })).rejects.toThrow(
    "tensorPenalty 'divergence': is tensor code, which the kernels' engine cannot run; pass engine: tfjsEngine() to train",
  );
  expect(() => divergence(-1)).toThrow(
    "tensorPenalty 'divergence': weight is -1, expected a number of at least 0",
  );
  expect(() => tensorGelfandPenalty({ weight: 1, squarings: 1.5 })).toThrow(
    "tensorGelfandPenalty: squarings is 1.5, expected a whole number from 0 to 30",
  );
  const empty = tensorPenalty({ name: "none", weight: 1, of: () => undefined as never });
  await expect(train(model, product(), { epochs: 1, penalty: empty, engine: tfjsEngine() })).rejects.toThrow(
    "tensorPenalty 'none': of returned undefined, expected [20] (a value a sample) or a scalar",
  );
});
