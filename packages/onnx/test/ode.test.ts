import {
  activations,
  type Model,
  type NeuralOdeOptions,
  neuralOde,
  predict,
  predict64,
  refine,
  resnet,
  type StepSolver,
  type WeightsOption,
} from "@stiffnet/core";
import { describe, expect, test } from "vitest";
import { descriptionText, encodeOnnx, importOnnx, inspectOnnx, usualRows, verifyOnnx } from "../src/index.ts";
import { runOnnx } from "../src/platform/node.ts";
import { withSizes } from "./models.ts";

const solvers = ["euler", "midpoint", "heun", "rk4"] as const satisfies readonly StepSolver[];
const bases: { name: string; weights: WeightsOption }[] = [
  ...(["perLayer", "constant", "linear", "cubic"] as const).map((weights) => ({ name: weights, weights })),
  { name: "perLayer, held for two steps", weights: { basis: "perLayer", layers: 3 } },
  { name: "polynomial of degree 5", weights: { basis: "polynomial", degree: 5 } },
  { name: "piecewiseLinear through 4 knots", weights: { basis: "piecewiseLinear", knots: 4 } },
];
/** Sizes and ends that every basis and solver meets. */
const shapes: Partial<NeuralOdeOptions>[] = [
  {},
  { augment: 2, lift: "identity" },
  { inputs: 7, lift: "none", horizon: 1.5 },
  { inputs: 7, lift: "none", augment: 3, readout: "none" },
  { readout: "none" },
];
const plain = { inputs: 3, outputs: 2, width: 7, depth: 6 };
const ode = (options: Partial<NeuralOdeOptions>, trial = 0): Model =>
  withSizes(neuralOde({ ...plain, ...options, trial }), {}, trial);

describe.each(bases)("weights $name", ({ weights }) => {
  test.each(solvers)("%s: as the engine has it, and back to the bit", async (solver) => {
    for (const [k, activation] of activations.entries()) {
      const model = ode({ weights, solver, activation, ...shapes[k % shapes.length] });
      const bytes = encodeOnnx(model);
      // float32: six steps of four sums of ten products, in two orders of summation.
      expect((await verifyOnnx(bytes, model)).error, activation).toBeLessThan(1e-6);
      const [found] = await importOnnx(bytes);
      expect(found).toEqual(model);
      expect(Buffer.compare(encodeOnnx(found!), bytes)).toBe(0);
    }
    const model = ode({ weights, solver, activation: "sin", augment: 1 });
    const bytes = encodeOnnx(model, { dtype: "float64" });
    expect((await verifyOnnx(bytes, model)).error).toBeLessThan(1e-13);
    expect(await importOnnx(bytes)).toEqual([model]);
  });
});

/** Those that the engine has besides: zeros beside the state of a residual network, and no skip
 *  connections. */
const variants: [string, Model][] = [
  ["an augmented residual network", withSizes(resnet({ ...plain, augment: 2 }))],
  ["a network without skip connections", withSizes(resnet({ ...plain, skip: false, activation: "sin" }))],
  ["both", withSizes(resnet({ ...plain, skip: false, augment: 1, lift: "identity" }))],
];

test.each(variants)("%s", async (_, model) => {
  const bytes = encodeOnnx(model);
  expect((await verifyOnnx(bytes, model)).error).toBeLessThan(1e-6);
  expect(await importOnnx(bytes)).toEqual([model]);
});

const derived: [string, Model][] = [
  ...solvers.flatMap((solver): [string, Model][] =>
    shapes.map((shape, k) => [
      `${solver}, ${JSON.stringify(shape)}`,
      ode({ weights: "cubic", solver, activation: k % 2 ? "softplus" : "tanh", ...shape }),
    ]),
  ),
  ...variants,
];

test.each(derived)("dy/dx of %s is the derivative of the outputs", async (_, model) => {
  const inputs = model.config.inputs;
  const bytes = encodeOnnx(model, { dtype: "float64", jacobian: true });
  const x = usualRows(model.preparation.inputs, 4).slice(-inputs);
  const { jacobian } = await runOnnx(bytes, x, inputs, "float64");
  // Central differences: truncation h^2 and rounding eps / h balance near 1e-10.
  const h = 1e-5;
  for (let i = 0; i < inputs; i++) {
    const shifted = (by: number) =>
      predict64(
        model,
        x.map((v, k) => (k === i ? v + by : v)),
      );
    const [above, below] = [shifted(h), shifted(-h)];
    for (let j = 0; j < 2; j++) {
      expect(jacobian![j * inputs + i]).toBeCloseTo((above[j]! - below[j]!) / (2 * h), 8);
    }
  }
});

describe("ensembles", () => {
  const shared = (models: Model[]) =>
    models.map((model) => ({ ...model, preparation: models[0]!.preparation }));
  const trials = (options: Partial<NeuralOdeOptions>) => [0, 1, 2].map((trial) => ode(options, trial));

  test.each([
    ["cubic, rk4", trials({ weights: "cubic", solver: "rk4" })],
    ["augmented, heun", trials({ weights: "linear", solver: "heun", augment: 2 })],
    ["without ends", trials({ ...shapes[3], solver: "midpoint" })],
    ["without ends, one preparation", shared(trials({ ...shapes[3], weights: "linear", solver: "rk4" }))],
    [
      "without skip connections",
      [0, 1].map((trial) => withSizes(resnet({ ...plain, depth: 2, skip: false, trial }), {}, trial)),
    ],
  ])("%s", async (_, models) => {
    const bytes = encodeOnnx(models, { members: true });
    // The spread of two is sqrt(2) times their quadratic mean deviation, and so is its rounding.
    expect((await verifyOnnx(bytes, models)).error).toBeLessThan(1.5e-6);
    expect(await importOnnx(bytes)).toEqual(models);
    const options = { dtype: "float64", jacobian: true } as const;
    const double = encodeOnnx(models, options);
    expect((await verifyOnnx(double, models)).error).toBeLessThan(1e-12);
    const { inputs } = models[0]!.config;
    const rows = usualRows(models[0]!.preparation.inputs, 4);
    const { jacobian } = await runOnnx(double, rows, inputs, "float64");
    const parts = await Promise.all(
      models.map((model) => runOnnx(encodeOnnx(model, options), rows, inputs, "float64")),
    );
    jacobian!.forEach((value, k) => {
      const mean = parts.reduce((sum, part) => sum + part.jacobian![k]!, 0) / models.length;
      expect(value).toBeCloseTo(mean, 11);
    });
  });
});

test("an inspected file says basis, solver and steps, and holds no more than the parameters and the basis", async () => {
  const model = ode({ weights: "quadratic", solver: "rk4" });
  const description = await inspectOnnx(encodeOnnx(model));
  expect(description.surrogate?.config).toEqual(model.config);
  expect(descriptionText(description)).toContain(
    '"weights":{"basis":"polynomial","degree":2},"solver":"rk4"',
  );
  // 13 times of the stages and three terms; besides a few axes, steps and the preparation.
  const beside = description.parameters - model.parameters.length - 13 * 3;
  expect(beside).toBeLessThan(70);
});

test.each(["backwardEuler", "implicitMidpoint"] as const)(
  "%s is refused, with what can be exported instead",
  async (solver) => {
    const model = ode({ weights: "linear", solver });
    expect(() => encodeOnnx(model)).toThrow(
      `export: the solver of the neural ODE is ${solver}, which is implicit, and ONNX has no operator for its equations; expected an explicit solver. refine(model, k, { solver: "rk4" }) replaces`,
    );
    const explicit = refine(model, 4, { solver: "rk4" });
    expect((await verifyOnnx(encodeOnnx(explicit), explicit)).error).toBeLessThan(1e-6);
    // The same field: the implicit steps come to the same as they shrink, by their order.
    const rows = usualRows(model.preparation.inputs, 8);
    const worst = (k: number): number => {
      const [a, b] = [predict(refine(model, k), rows), predict(explicit, rows)];
      return Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
    };
    expect(worst(16)).toBeLessThan(worst(4) / 3);
  },
);
