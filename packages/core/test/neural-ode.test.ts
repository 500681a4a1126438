import { randomStream } from "@stiffnet/base";
import { dormandPrince54, heun, midpoint, rk4 } from "@stiffnet/integrators";
import { describe, expect, it } from "vitest";
import { basisAt } from "../src/basis.ts";
import {
  activations,
  blockWeights,
  createEngine,
  decodeState,
  encodeState,
  evaluate,
  type Model,
  type ModelConfig,
  type NeuralOdeConfig,
  neuralOde,
  type Penalty,
  predict,
  refine,
  resnet,
  stepSolvers,
  type TrainingData,
  train,
  type WeightsOption,
} from "../src/index.ts";
import { network64, odeLoss64 } from "./reference/ode.ts";

const bases: WeightsOption[] = [
  "perLayer",
  { basis: "perLayer", layers: 2 },
  "constant",
  "linear",
  { basis: "polynomial", degree: 4 },
  { basis: "piecewiseLinear", knots: 4 },
];

/** p_i = mean over the steps of |J|_F^2, to have something that flows through weights and slopes. */
function squares(weight: number): Penalty {
  return {
    name: "squares",
    weight,
    bind: () => ({
      evaluate({ jacobians: { depth, width, batch, stride, weights, slopes } }, values) {
        for (let i = 0; i < batch; i++) {
          let sum = 0;
          for (let d = 0; d < depth * width; d++)
            for (let k = 0; k < width; k++) sum += (slopes[d * stride + i]! * weights[d * width + k]!) ** 2;
          values[i] = sum / depth;
        }
      },
      pullback({ jacobians }, cotangent, gradient) {
        const { depth, width, batch, stride, weights, slopes } = jacobians;
        for (let i = 0; i < batch; i++) {
          for (let d = 0; d < depth * width; d++) {
            for (let k = 0; k < width; k++) {
              const [s, w] = [slopes[d * stride + i]!, weights[d * width + k]!];
              const c = (2 * cotangent[i]!) / depth;
              gradient.slopes[d * stride + i]! += c * s * w * w;
              gradient.weights[d * width + k]! += c * s * s * w;
            }
          }
        }
      },
    }),
  };
}

function draw(seed: number, count: number): Float32Array {
  const random = randomStream(seed, 0);
  return Float32Array.from({ length: count }, () => 2 * random.uniform() - 1);
}

function lossAndGradient(
  model: Model,
  x: Float32Array,
  y: Float32Array,
  options: { penalty?: Penalty; horizon?: number } = {},
) {
  const rows = x.length / model.config.inputs;
  const engine = createEngine(model.config, { batchSize: rows, ...options });
  engine.parameters.set(model.parameters);
  const table = engine.table(x, y);
  const order = engine.order(rows);
  order.array.forEach((_, i) => {
    order.array[i] = i;
  });
  const { loss } = engine.lossAndGradient(table, order, 0, rows, options.horizon);
  return { loss, gradient: engine.gradient() };
}

/** Largest difference over the largest component of the central differences. */
function worst(
  config: ModelConfig,
  parameters: Float32Array,
  gradient: Float32Array,
  loss: (parameters: Float64Array) => number,
): number {
  const point = Float64Array.from(parameters);
  let [error, size] = [0, 0];
  point.forEach((value, i) => {
    const step = 1e-5;
    point[i] = value + step;
    const up = loss(point);
    point[i] = value - step;
    const central = (up - loss(point)) / (2 * step);
    point[i] = value;
    error = Math.max(error, Math.abs(gradient[i]! - central));
    size = Math.max(size, Math.abs(central));
  });
  expect(parameters.length).toBe(createEngine(config).layout.size);
  return error / size;
}

const small = { inputs: 2, outputs: 2, width: 3, augment: 1, depth: 4, horizon: 1.5 };
const [x, y] = [draw(1, 10), draw(2, 10)];

describe.each(stepSolvers)("%s", (solver) => {
  describe.each(bases)("weights %j", (weights) => {
    it.each(activations)("loss and gradient as in float64: %s", (activation) => {
      const model = neuralOde({ ...small, weights, solver, activation, seed: 5 });
      const { loss, gradient } = lossAndGradient(model, x, y);
      const reference = (p: ArrayLike<number>) => odeLoss64(model.config, p, x, y);
      // A few float32 roundings; a relu within 1e-5 of its kink would show as more, and there is none here.
      expect(Math.abs(loss / reference(model.parameters) - 1)).toBeLessThan(1e-6);
      expect(worst(model.config, model.parameters, gradient, reference)).toBeLessThan(5e-6);
    });
  });

  it("carries penalties on the Jacobians at the beginning of the steps, and another end time", () => {
    const weights = { basis: "polynomial", degree: 2 } as const;
    const model = neuralOde({ ...small, weights, solver, seed: 6 });
    const { loss, gradient } = lossAndGradient(model, x, y, { penalty: squares(0.3), horizon: 1.9 });
    const reference = (p: ArrayLike<number>) => odeLoss64(model.config, p, x, y, 0.3, 1.9);
    expect(Math.abs(loss / reference(model.parameters) - 1)).toBeLessThan(1e-6);
    expect(worst(model.config, model.parameters, gradient, reference)).toBeLessThan(1e-5);
  });

  it("needs neither lift nor readout, and sums over chunks", () => {
    const shape = { inputs: 3, outputs: 2, width: 3, augment: 2, depth: 3 };
    const model = neuralOde({ ...shape, lift: "none", readout: "none", weights: "linear", solver });
    expect(model.layout.slots.map((slot) => slot.name)).toEqual([
      "theta.0.weight",
      "theta.1.weight",
      "theta.0.bias",
      "theta.1.bias",
    ]);
    const [many, targets] = [draw(3, 3 * 70), draw(4, 2 * 70)]; // more than a chunk holds
    const { loss, gradient } = lossAndGradient(model, many, targets, { penalty: squares(0.1) });
    const reference = (p: ArrayLike<number>) => odeLoss64(model.config, p, many, targets, 0.1);
    expect(Math.abs(loss / reference(model.parameters) - 1)).toBeLessThan(1e-6);
    expect(worst(model.config, model.parameters, gradient, reference)).toBeLessThan(1e-5);
  });

  it("sums the same weights that its Jacobians have", () => {
    const model = neuralOde({ ...small, weights: { basis: "piecewiseLinear", knots: 3 }, solver });
    const engine = createEngine(model.config);
    engine.parameters.set(model.parameters);
    engine.forward(engine.table(x), ({ jacobians }) => {
      expect(jacobians.weights).toEqual(blockWeights(model));
      expect(jacobians.slopes.every((s) => s > 0 || s === 0)).toBe(true);
    });
  });
});

it("bases: Legendre polynomials are orthogonal, hats and layers sum to 1", () => {
  const degree = 5;
  const points = 2000;
  const out = new Float64Array(degree + 1);
  const gram = Array.from({ length: degree + 1 }, () => new Float64Array(degree + 1));
  for (let i = 0; i < points; i++) {
    basisAt({ basis: "polynomial", degree }, (i + 0.5) / points, out);
    for (let j = 0; j <= degree; j++)
      for (let k = 0; k <= degree; k++) gram[j]![k]! += (out[j]! * out[k]!) / points;
  }
  // The midpoint rule's error is of the order degree^2 / points^2.
  for (let j = 0; j <= degree; j++)
    for (let k = 0; k <= degree; k++) expect(gram[j]![k]!).toBeCloseTo(j === k ? 1 / (2 * j + 1) : 0, 4);
  for (const tau of [0, 0.1, 1 / 3, 0.999, 1, 1.2]) {
    for (const weights of [
      { basis: "perLayer", layers: 3 },
      { basis: "piecewiseLinear", knots: 3 },
    ] as const) {
      const sum = basisAt(weights, tau, new Float64Array(3)).reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(1, 15);
    }
  }
});

/** y = (x1 x2, x1 - x2). */
function problem(count = 60): TrainingData {
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
const shape = { inputs: 2, outputs: 2, width: 8, depth: 5 };
const quick = { epochs: 12, batchSize: 16, rate: 5e-3 };

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

  it("holds the layers of a residual network, or draws lines through them", () => {
    const network = resnet({ ...shape, seed: 9 });
    const inputs = problem().train.inputs;
    const once = refine(network, 1, { layers: "linear" });
    expect(predict(refine(network, 1), inputs)).toEqual(predict(network, inputs));
    expect(predict(once, inputs)).toEqual(predict(network, inputs));
    expect(blockWeights(once)).toEqual(blockWeights(network));
    const held = refine(network, 3);
    expect(held.config).toMatchObject({ depth: 15, weights: { basis: "perLayer", layers: 5 } });
    expect(held.parameters).toBe(network.parameters);
    const size = 64;
    const [all, fine] = [blockWeights(network), blockWeights(held)];
    expect(fine.subarray(4 * size, 5 * size)).toEqual(all.subarray(size, 2 * size));
    const lines = blockWeights(refine(network, 2, { layers: "linear" }));
    const between = all.subarray(0, size).map((w, i) => (w + all[size + i]!) / 2);
    lines.subarray(size, 2 * size).forEach((w, i) => {
      expect(w).toBeCloseTo(between[i]!, 6);
    });
    // Steps go to the flow of the held layers: differences halve.
    const differences = [2, 4, 8].map((k) => {
      const [a, b] = [predict(refine(network, k), inputs), predict(refine(network, 2 * k), inputs)];
      return Math.hypot(...a.map((v, i) => v - b[i]!));
    });
    expect(differences[0]! / differences[1]!).toBeCloseTo(2, 0);
    expect(differences[1]! / differences[2]!).toBeCloseTo(2, 0);
  });
});

describe("stiff fields", () => {
  /** h' = Q diag(-rates) Q^T h, exactly solvable; alpha * rate goes to 100. */
  const rates = [1, 10, 1000];
  const linear = (solver: "euler" | "backwardEuler" | "implicitMidpoint") => {
    const model = neuralOde({
      ...{ inputs: 3, outputs: 3, width: 3, depth: 10, activation: "identity", weights: "constant" },
      ...{ lift: "none", readout: "none", solver },
    });
    const [c, s] = [0.6, 0.8];
    const q = [
      [c, -s, 0],
      [s * c, c * c, -s],
      [s * s, s * c, c],
    ];
    model.parameters.fill(0);
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++)
        model.parameters[3 * i + j] = q[i]!.reduce((sum, v, k) => sum - v * rates[k]! * q[j]![k]!, 0);
    const start = [1, 2, -1];
    const parts = q[0]!.map((_, k) => start.reduce((sum, v, i) => sum + q[i]![k]! * v, 0));
    const along = (factor: (rate: number) => number) =>
      q.map((row) => row.reduce((sum, v, k) => sum + v * factor(rates[k]!) * parts[k]!, 0));
    return { found: predict(model, Float64Array.from(start)), along };
  };

  it("backward Euler damps where explicit Euler explodes", () => {
    const { found, along } = linear("backwardEuler");
    // Weights near 1000 in float32: 1e-7 relative in the rates, 1e-4 in all.
    along((rate) => (1 + rate / 10) ** -10).forEach((v, i) => {
      expect(Math.abs(found[i]! - v)).toBeLessThan(1e-4);
    });
    expect(Math.max(...linear("euler").found.map(Math.abs))).toBeGreaterThan(1e15);
  });

  it("the implicit midpoint rule neither damps nor amplifies what is very stiff", () => {
    const { found, along } = linear("implicitMidpoint");
    along((rate) => ((1 - rate / 20) / (1 + rate / 20)) ** 10).forEach((v, i) => {
      expect(Math.abs(found[i]! - v)).toBeLessThan(1e-3);
    });
  });

  it("a stiff network is trained, and stays finite", async () => {
    const start = (solver: "backwardEuler" | "implicitMidpoint") => {
      const model = neuralOde({ ...shape, solver, activation: "softplus", weights: "linear", seed: 2 });
      // alpha times the rates reaches 100, twenty times what explicit Euler bears.
      for (let d = 0; d < 8; d++) model.parameters[model.layout.blocks[0]!.weight.offset + 9 * d]! -= 500;
      return model;
    };
    for (const solver of ["backwardEuler", "implicitMidpoint"] as const) {
      const run = await train(start(solver), problem(), { ...quick, epochs: 150 });
      expect(run.status).toBe("finished");
      expect(run.history.at(-1)!.total).toBeLessThan(0.2 * run.history[0]!.total);
    }
  });

  it("a step that Newton's iteration cannot take ends the run, saying so; predictions are NaN", async () => {
    // h = h0 + alpha w h with alpha w = 1: singular.
    const model = neuralOde({
      ...{ inputs: 1, outputs: 1, width: 1, depth: 2, activation: "identity", lift: "none", readout: "none" },
      ...{ weights: "constant", solver: "backwardEuler" },
    });
    model.parameters.set([2, 1]);
    expect([...predict(model, Float64Array.of(1, 2))]).toEqual([Number.NaN, Number.NaN]);
    const set = { count: 2, inputs: Float64Array.of(1, 2), outputs: Float64Array.of(1, 2) };
    const columns = { columns: 1, steps: [] };
    const data = { inputNames: ["x"], outputNames: ["y"], train: set };
    const run = await train(
      model,
      { ...data, preparation: { inputs: columns, outputs: columns } },
      { epochs: 3 },
    );
    expect(run.status).toBe("diverged");
    expect(run.reason).toContain("Newton's iteration failed for 2 samples of a batch in epoch 1");
    expect(run.model.parameters).toEqual(model.parameters);
  });

  it("each sample has the same bits in any batch", () => {
    const model = neuralOde({ ...shape, solver: "implicitMidpoint", activation: "softplus", seed: 4 });
    const bits = (batchSize: number) => {
      const engine = createEngine(model.config, { batchSize });
      engine.parameters.set(model.parameters);
      const found: number[] = [];
      engine.forward(engine.table(draw(6, 60)), ({ batch, predictions }) => {
        found.push(...predictions.subarray(0, batch));
      });
      return found;
    };
    expect(bits(1)).toEqual(bits(64));
    expect(bits(7)).toEqual(bits(13));
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
  // The configurations of before carry no trace of it.
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

describe("STEER", () => {
  const model = neuralOde({ ...shape, weights: "linear", solver: "midpoint", seed: 4 });

  it("is a function of its configuration, and changes the result", async () => {
    const options = { ...quick, steer: 0.5 };
    const [once, again, plain] = await Promise.all(
      [options, options, quick].map((o) => train(model, problem(), o)),
    );
    expect(again!.digest).toBe(once!.digest);
    expect(plain!.digest).not.toBe(once!.digest);
    // Tested at the horizon, not where the last batch ended.
    expect(evaluate(once!.model, problem().train).risk).toBeLessThan(once!.history[0]!.riskTrain);
  });

  it("resumes to the same bits", async () => {
    const options = { ...quick, steer: 0.5 };
    const whole = await train(model, problem(), options);
    const control = new AbortController();
    let saved: Uint8Array | undefined;
    await train(model, problem(), {
      ...options,
      signal: control.signal,
      checkpoint: {
        every: 100,
        save: (state) => {
          saved = encodeState(state);
        },
      },
      onEpoch: ({ epoch }) => epoch === 5 && control.abort(),
    });
    const rest = await train(model, problem(), { ...options, resume: decodeState(saved!, "s") });
    expect(rest.digest).toBe(whole.digest);
    await expect(train(model, problem(), { ...quick, resume: decodeState(saved!, "s") })).rejects.toThrow(
      "cannot resume, steer was 0.5 and is now not set",
    );
  });

  it("draws end times within its bounds", async () => {
    // h' = 1 from 0: the output is the end time.
    const clock = neuralOde({
      ...{ inputs: 1, outputs: 1, width: 1, depth: 3, horizon: 2, activation: "identity" },
      ...{ lift: "none", readout: "none", weights: "constant" },
    });
    clock.parameters.set([0, 1]);
    const set = { count: 1, inputs: Float64Array.of(0), outputs: Float64Array.of(0) };
    const columns = { columns: 1, steps: [] };
    const data = { inputNames: ["x"], outputNames: ["y"], train: set };
    const preparation = { inputs: columns, outputs: columns };
    const run = await train(clock, { ...data, preparation }, { epochs: 300, rate: 1e-9, steer: 0.5 });
    const ends = run.history.slice(1).map((record) => record.riskTrain);
    expect(Math.min(...ends)).toBeGreaterThan(1.5);
    expect(Math.max(...ends)).toBeLessThan(2.5);
    // Mean and spread of U(1.5, 2.5), to four standard errors.
    const mean = ends.reduce((a, b) => a + b) / 300;
    expect(Math.abs(mean - 2)).toBeLessThan((4 * Math.sqrt(1 / 12)) / Math.sqrt(300));
    expect(Math.max(...ends) - Math.min(...ends)).toBeGreaterThan(0.95);
  });
});

describe("misuse says what was given and what was expected", () => {
  const make = (options: object) => () => neuralOde({ ...shape, ...options });
  it.each([
    [make({ solver: "rk5" }), "neuralOde: solver is 'rk5', expected one of euler, midpoint"],
    [make({ weights: "quartic" }), "neuralOde: weights is 'quartic', expected one of perLayer, constant"],
    [make({ weights: { basis: "spline" } }), "neuralOde: weights have basis 'spline', expected perLayer"],
    [
      make({ weights: { basis: "polynomial", degree: 1.5 } }),
      "weights have degree 1.5, expected a whole number",
    ],
    [make({ weights: { basis: "piecewiseLinear", knots: 1 } }), "weights have 1 knots, expected"],
    [make({ weights: { basis: "perLayer", layers: 2 } }), "weights have 2 layers for depth 5, expected"],
    [make({ augment: -1 }), "neuralOde: augment is -1, expected a whole number of at least 0"],
    [make({ lift: "none" }), "lift is 'none' with 2 inputs and width 8, expected as many inputs as width"],
    [make({ readout: "none", outputs: 9 }), "readout is 'none' with 9 outputs, expected at most the state's"],
    [make({ horizon: 0 }), "neuralOde: horizon is 0, expected a positive number"],
    [
      () => resnet({ ...shape, skip: false, horizon: 2 }),
      "horizon is 2 and skip is false, expected no horizon",
    ],
    [() => refine(resnet({ ...shape, skip: false }), 2), "refine: the model has no skip connections"],
    [() => refine(resnet(shape), 0.5), "refine: k is 0.5, expected a whole number of at least 1"],
  ])("%#", (run, message) => {
    expect(run).toThrow(message);
  });

  it("STEER", async () => {
    const model = neuralOde(shape);
    await expect(train(model, problem(), { ...quick, steer: 1 })).rejects.toThrow(
      "steer is 1, expected a number above 0 and below the horizon 1",
    );
    const plain = resnet({ ...shape, skip: false });
    await expect(train(plain, problem(), { ...quick, steer: 0.5 })).rejects.toThrow("no skip connections");
  });
});
