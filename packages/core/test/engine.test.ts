import { readFileSync } from "node:fs";
import { randomStream } from "@stiffnet/base";
import { describe, expect, it } from "vitest";
import {
  activations,
  createEngine,
  type Engine,
  l2Penalty,
  layoutOf,
  type ResNetConfig,
  resnet,
} from "../src/index.ts";
import { referenceLoss } from "./reference/network.ts";

interface Case {
  config: Omit<ResNetConfig, "kind">;
  l2: number;
  parameters: number[];
  x: number[];
  y: number[];
  predictions: number[];
  loss: number;
  gradient: number[];
}
const reference: { cases: Case[]; adam: { steps: number; rate: number; parameters: number[] } } = JSON.parse(
  readFileSync(new URL("./reference/network.json", import.meta.url), "utf8"),
);

/** |a - b| / |b| in the Euclidean norm. */
function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let error = 0;
  let size = 0;
  for (let i = 0; i < b.length; i++) {
    error += (a[i]! - b[i]!) ** 2;
    size += b[i]! ** 2;
  }
  return Math.sqrt(error / size);
}

function fullBatch(engine: Engine, x: ArrayLike<number>, y: ArrayLike<number>) {
  const table = engine.table(x, y);
  const order = Uint32Array.from({ length: table.count }, (_, i) => i);
  return { table, loss: () => ({ ...engine.lossAndGradient(table, order, 0, table.count) }) };
}

// Float32 arithmetic in sums of up to 70 terms and 4 layers: 1e-6 is ten roundings.
const tolerance = 1e-6;

describe.each(reference.cases)("against PyTorch: $config.activation, width $config.width, l2 $l2", (test) => {
  const config = { kind: "resnet" as const, ...test.config };
  const batchSize = test.x.length / config.inputs;
  const engine = createEngine(config, { batchSize, ...(test.l2 ? { penalty: l2Penalty(test.l2) } : {}) });
  engine.write({ parameters: Float32Array.from(test.parameters) });
  const { table, loss } = fullBatch(engine, test.x, test.y);

  it("predicts the same", () => {
    const predictions: number[] = [];
    engine.forward(table, ({ batch, predictions: f, jacobians: { stride } }) => {
      for (let i = 0; i < batch; i++)
        for (let o = 0; o < config.outputs; o++) predictions.push(f[o * stride + i]!);
    });
    // Against at least 1: a prediction near 0 is a difference of larger terms.
    predictions.forEach((f, i) => {
      const expected = test.predictions[i]!;
      expect(Math.abs(f - expected)).toBeLessThan(tolerance * Math.max(1, Math.abs(expected)));
    });
  });

  it("has the same loss and gradient", () => {
    expect(Math.abs(loss().loss / test.loss - 1)).toBeLessThan(tolerance);
    expect(difference(engine.gradient(), test.gradient)).toBeLessThan(3 * tolerance);
  });
});

it("the float64 reference of these tests agrees with PyTorch", () => {
  for (const test of reference.cases.filter(({ l2 }) => l2 === 0)) {
    const own = referenceLoss({ kind: "resnet", ...test.config }, test.parameters, test.x, test.y);
    expect(Math.abs(own.loss / test.loss - 1)).toBeLessThan(1e-12);
    expect(difference(own.gradient, test.gradient)).toBeLessThan(1e-12);
  }
});

it("takes the same ten Adam steps as PyTorch", () => {
  const { config: shape, parameters, x, y } = reference.cases[0]!;
  const engine = createEngine({ kind: "resnet", ...shape });
  engine.write({ parameters: Float32Array.from(parameters) });
  const { loss } = fullBatch(engine, x, y);
  const { steps, rate } = reference.adam;
  for (let time = 1; time <= steps; time++) {
    loss();
    engine.step(time, { rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
  }
  // Adam divides by the gradient's own size, so that rounding in small gradients shows more.
  expect(difference(engine.read().parameters, reference.adam.parameters)).toBeLessThan(1e-5);
});

describe.each(activations)("any shape, %s", (activation) => {
  const random = randomStream(7, 0);
  it.each([
    { batch: 1, width: 1, depth: 1, inputs: 1, outputs: 1 },
    { batch: 3, width: 2, depth: 5, inputs: 2, outputs: 3 },
    { batch: 16, width: 7, depth: 3, inputs: 15, outputs: 10 },
    { batch: 45, width: 20, depth: 2, inputs: 2, outputs: 1 },
    { batch: 20, width: 50, depth: 4, inputs: 15, outputs: 10 },
    { batch: 2000, width: 6, depth: 2, inputs: 4, outputs: 2 },
  ])("batch $batch, width $width, depth $depth: gradient as in float64", ({ batch, ...shape }) => {
    const model = resnet({ ...shape, activation, seed: batch });
    const draw = (n: number) => Float32Array.from({ length: n }, () => 2 * random.uniform() - 1);
    const x = draw(batch * shape.inputs);
    const y = draw(batch * shape.outputs);
    const engine = createEngine(model.config, { batchSize: batch });
    engine.write({ parameters: model.parameters });
    const { loss } = fullBatch(engine, x, y);
    const expected = referenceLoss(model.config, model.parameters, x, y);
    // In sums over 2000 samples the rounding adds up to more, still below 1e-5.
    expect(Math.abs(loss().loss / expected.loss - 1)).toBeLessThan(1e-6);
    expect(difference(engine.gradient(), expected.gradient)).toBeLessThan(1e-5);
  });
});

it("agrees with central differences in float64", () => {
  const model = resnet({ inputs: 3, outputs: 2, width: 4, depth: 3, activation: "softplus", seed: 3 });
  const x = Float64Array.from({ length: 15 }, (_, i) => ((i * 7) % 11) / 5 - 1);
  const y = Float64Array.from({ length: 10 }, (_, i) => ((i * 5) % 7) / 3 - 1);
  const { gradient } = referenceLoss(model.config, model.parameters, x, y);
  const step = 1e-6;
  const moved = (i: number, by: number) =>
    Float64Array.from(model.parameters, (v, k) => (k === i ? v + by : v));
  const central = gradient.map((_, i) => {
    const up = referenceLoss(model.config, moved(i, step), x, y).loss;
    return (up - referenceLoss(model.config, moved(i, -step), x, y).loss) / (2 * step);
  });
  // Truncation step^2 and rounding 1e-16 / step both stay below 1e-9.
  expect(difference(gradient, central)).toBeLessThan(1e-8);
});

it("guards the root: a perfect fit has loss 0 and gradient 0", () => {
  const model = resnet({ inputs: 1, outputs: 1, width: 3, depth: 2 });
  const engine = createEngine(model.config);
  const { loss } = fullBatch(engine, [1, 2], [0, 0]);
  expect(layoutOf(model.config).size).toBe(engine.read().parameters.length);
  expect(loss().loss).toBe(0);
  expect([...engine.gradient()].every((g) => g === 0)).toBe(true);
});

it("gives each sample the same bits in any batch", () => {
  const model = resnet({ inputs: 2, outputs: 1, width: 9, depth: 3, seed: 2 });
  const x = Float64Array.from({ length: 200 }, (_, i) => Math.sqrt(i) - 7);
  const bits = (batchSize: number) => {
    const engine = createEngine(model.config, { batchSize });
    engine.write({ parameters: model.parameters });
    const found: number[] = [];
    engine.forward(engine.table(x), ({ batch, predictions }) => {
      found.push(...predictions.subarray(0, batch));
    });
    return found;
  };
  expect(bits(1)).toEqual(bits(64));
  expect(bits(7)).toEqual(bits(20));
});

it("refuses tables whose rows do not fit", () => {
  const engine = createEngine(resnet({ inputs: 3, outputs: 2, width: 4, depth: 1 }).config);
  expect(() => engine.table([1, 2])).toThrow("2 input values are not rows of 3 inputs");
  expect(() => engine.table([1, 2, 3], [1])).toThrow("1 output values, expected 1 rows of 2 outputs");
});
