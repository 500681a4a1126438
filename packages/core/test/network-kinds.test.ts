import { describe, expect, it } from "vitest";
import { evaluate, type Model, neuralOde, predict, resnet, train } from "../src/index.ts";
import { blockWeights } from "./block-weights.ts";
import { draw, lossAndGradient, small, squares, worst, x, y } from "./gradients.ts";
import { problem, quick, shape } from "./ode-problem.ts";
import { odeLoss64 } from "./reference/ode.ts";

describe("explicit Euler with N steps is the residual network, to the last bit", () => {
  const [network, ode] = [resnet({ ...shape, seed: 3 }), neuralOde({ ...shape, seed: 3 })];

  it("parameters, predictions, gradient", () => {
    expect(ode.parameters).toEqual(network.parameters);
    expect(ode.layout).toEqual(network.layout);
    const inputs = problem().train.inputs;
    expect(predict(ode, inputs)).toEqual(predict(network, inputs));
    const [given, targets] = [draw(1, 60), draw(2, 60)];
    expect(lossAndGradient(ode, given, targets)).toEqual(lossAndGradient(network, given, targets));
  });

  it("training", async () => {
    const both: Model[] = [network, ode];
    const runs = await Promise.all(both.map((model) => train(model, problem(), quick)));
    expect(runs[1]!.digest).toBe(runs[0]!.digest);
    expect(runs[1]!.history).toEqual(runs[0]!.history);
  });

  it("of any basis, once its weights are read at the layers", () => {
    const smooth = neuralOde({ ...shape, weights: "cubic", seed: 3 });
    const layers = resnet({ ...shape });
    const read = blockWeights(smooth);
    const { weight, bias } = layers.layout.blocks[0]!;
    layers.parameters.set(read, weight.offset);
    // Biases: a model whose weights are the biases' own terms would do; here they are set to 0 in both.
    smooth.parameters.fill(0, smooth.layout.blocks[0]!.bias.offset, smooth.layout.readout.weight.offset);
    layers.parameters.fill(0, bias.offset, layers.layout.readout.weight.offset);
    const [from, to] = [smooth.layout, layers.layout];
    layers.parameters.set(smooth.parameters.subarray(0, from.blocks[0]!.weight.offset), 0);
    layers.parameters.set(smooth.parameters.subarray(from.readout.weight.offset), to.readout.weight.offset);
    const inputs = problem().train.inputs;
    expect(predict(smooth, inputs)).toEqual(predict(layers, inputs));
  });
});

describe("skip: false", () => {
  it("is the plain network written out here", () => {
    const model = resnet({ ...shape, skip: false, seed: 8 });
    const { layout, parameters } = model;
    const layer = ({ weight, bias }: (typeof layout)["lift"], h: number[]) =>
      Array.from({ length: bias.size }, (_, r) =>
        h.reduce(
          (sum, v, c) => sum + parameters[weight.offset + r * h.length + c]! * v,
          parameters[bias.offset + r]!,
        ),
      );
    const row = [0.3, -0.8];
    let h = layer(layout.lift, row).map(Math.tanh);
    for (const block of layout.blocks) h = layer(block, h).map(Math.tanh);
    layer(layout.readout, h).forEach((v, o) => {
      expect(Math.abs(predict(model, Float64Array.from(row))[o]! - v)).toBeLessThan(1e-6);
    });
  });

  it.each([{}, { penalty: squares(0.2) }])("has the gradient of float64 %#", (options) => {
    const model = resnet({ ...small, horizon: 1, skip: false, seed: 8 });
    const { loss, gradient } = lossAndGradient(model, x, y, options);
    const weight = options.penalty?.weight ?? 0;
    const reference = (p: ArrayLike<number>) => odeLoss64(model.config, p, x, y, weight);
    expect(Math.abs(loss / reference(model.parameters) - 1)).toBeLessThan(1e-6);
    expect(worst(model.config, model.parameters, gradient, reference)).toBeLessThan(1e-5);
  });
});

it("an augmented residual network has the gradient of float64, and is trained", async () => {
  const model = resnet({ ...small, seed: 8 });
  const { loss, gradient } = lossAndGradient(model, x, y, { penalty: squares(0.2) });
  const reference = (p: ArrayLike<number>) => odeLoss64(model.config, p, x, y, 0.2);
  expect(Math.abs(loss / reference(model.parameters) - 1)).toBeLessThan(1e-6);
  expect(worst(model.config, model.parameters, gradient, reference)).toBeLessThan(1e-5);
  const run = await train(model, problem(), { ...quick, epochs: 60 });
  expect(run.history.at(-1)!.riskTrain).toBeLessThan(0.5 * run.history[0]!.riskTrain);
  // A configuration without it carries no trace of it.
  expect(Object.keys(resnet({ ...shape }).config)).not.toContain("augment");
});

it("without a lift and augmented, paths may cross: x to -x, which a flow on the line cannot be", async () => {
  const inputs = Float64Array.from({ length: 20 }, (_, i) => i / 10 - 0.95);
  const set = { count: 20, inputs, outputs: inputs.map((v) => -v) };
  const columns = { columns: 1, steps: [] };
  const data = { inputNames: ["x"], outputNames: ["y"], train: set };
  const risk = async (augment: number) => {
    const free = { inputs: 1, outputs: 1, width: 1, depth: 20, lift: "none", readout: "none" } as const;
    const model = neuralOde({ ...free, augment, horizon: 5, solver: "rk4", weights: "linear" });
    const options = { epochs: 400, batchSize: 20, rate: 0.03 };
    const run = await train(model, { ...data, preparation: { inputs: columns, outputs: columns } }, options);
    return evaluate(run.model, set).risk;
  };
  // A monotone map cannot do better than a constant: the spread of the targets, 0.577.
  expect(await risk(0)).toBeGreaterThan(0.57);
  expect(await risk(1)).toBeLessThan(0.2);
});
