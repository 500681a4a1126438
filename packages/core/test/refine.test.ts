import { describe, expect, it } from "vitest";
import {
  type Model,
  type NeuralOdeConfig,
  neuralOde,
  predict,
  refine,
  resnet,
  withDepth,
} from "../src/index.ts";
import { blockWeights } from "./block-weights.ts";
import { small } from "./gradients.ts";
import { problem, shape } from "./ode-problem.ts";
import { network64 } from "./reference/ode.ts";

describe("refine", () => {
  it("by another solver takes the same parameters, and comes to the same as the steps shrink", () => {
    const model = neuralOde({ ...small, weights: "linear", solver: "implicitMidpoint" });
    const explicit = refine(model, 8, { solver: "rk4" });
    expect(explicit.config).toMatchObject({
      solver: "rk4",
      depth: 8 * small.depth,
      weights: model.config.weights,
    });
    expect(explicit.parameters).toEqual(model.parameters);
    const given = Float64Array.from({ length: 4 * small.inputs }, (_, i) => Math.sin(i));
    const worst = (k: number): number => {
      const [a, b] = [predict(refine(model, k), given), predict(explicit, given)];
      return Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
    };
    expect(worst(4)).toBeLessThan(worst(1) / 8);
  });

  it.each([
    ["euler", 1],
    ["midpoint", 2],
    ["heun", 2],
    ["rk4", 4],
    ["backwardEuler", 1],
    ["implicitMidpoint", 2],
  ] as const)("%s converges with order %i for smooth weights", (solver, order) => {
    const model = neuralOde({ inputs: 2, outputs: 2, width: 4, depth: 4, weights: "cubic", solver, seed: 2 });
    const row = [0.5, -0.7];
    const at = (k: number, by: Model<NeuralOdeConfig> = model) =>
      network64(refine(by, k).config, by.parameters, 1)(row).f;
    const fine = at(32, { ...model, config: { ...model.config, solver: "rk4" } });
    const error = (k: number) => Math.hypot(...at(k).map((v, o) => v - fine[o]!));
    const [coarse, half] = [error(2), error(4)];
    expect(Math.log2(coarse / half)).toBeGreaterThan(order - 0.25);
    expect(Math.log2(coarse / half)).toBeLessThan(order + 0.6);
    // The engine takes the same steps.
    const given = Float64Array.from(row);
    predict(refine(model, 4), given).forEach((v, o) => {
      expect(Math.abs(v - at(4)[o]!)).toBeLessThan(1e-6);
    });
  });

  it("holds the layers of a residual network", () => {
    const network = resnet({ ...shape, seed: 9 });
    const inputs = problem().train.inputs;
    expect(predict(refine(network, 1), inputs)).toEqual(predict(network, inputs));
    const held = refine(network, 3);
    expect(held.config).toMatchObject({ depth: 15, weights: { basis: "perLayer", layers: 5 } });
    expect(held.parameters).toBe(network.parameters);
    const size = 64;
    const [all, fine] = [blockWeights(network), blockWeights(held)];
    expect(fine.subarray(4 * size, 5 * size)).toEqual(all.subarray(size, 2 * size));
    // Steps go to the flow of the held layers: differences halve.
    const differences = [2, 4, 8].map((k) => {
      const [a, b] = [predict(refine(network, k), inputs), predict(refine(network, 2 * k), inputs)];
      return Math.hypot(...a.map((v, i) => v - b[i]!));
    });
    expect(differences[0]! / differences[1]!).toBeCloseTo(2, 0);
    expect(differences[1]! / differences[2]!).toBeCloseTo(2, 0);
  });
});

describe("withDepth", () => {
  const { inputs } = problem().train;

  it.each([
    ["a residual network", resnet({ ...shape, seed: 9 })],
    ["layers by another solver", neuralOde({ ...shape, solver: "rk4", seed: 9 })],
    ["a continuous basis", neuralOde({ ...shape, weights: "cubic", seed: 9 })],
  ])("takes the steps that refine takes, and back to the same bits: %s", (_, model: Model) => {
    const twice = withDepth(model, 2 * shape.depth);
    const [given, wanted] = [predict(twice, inputs), predict(refine(model, 2), inputs)];
    given.forEach((value, i) => {
      expect(value).toBeCloseTo(wanted[i]!, 5);
    });
    expect(twice.config.kind).toBe(model.config.kind);
    const back = withDepth(twice, shape.depth);
    expect(back.parameters).toEqual(model.parameters);
    expect(predict(back, inputs)).toEqual(predict(model, inputs));
  });

  it("reads layer floor(m N / depth) where the depths do not divide", () => {
    const model = resnet({ ...shape, seed: 9 });
    const [all, three] = [blockWeights(model), blockWeights(withDepth(model, 3))];
    const layer = (n: number): Float32Array => all.subarray(64 * n, 64 * (n + 1));
    expect([0, 1, 2].map((m) => three.subarray(64 * m, 64 * (m + 1)))).toEqual([0, 1, 3].map(layer));
  });

  it("refuses a depth that is none, and a network that has no time", () => {
    expect(() => withDepth(resnet(shape), 0)).toThrow("withDepth: depth");
    expect(() => withDepth(resnet({ ...shape, skip: false }), 2)).toThrow("withDepth");
  });
});
