import { readFileSync } from "node:fs";
import { randomStream } from "@stiffnet/base";
import {
  activations,
  type Model,
  neuralOde,
  predict64,
  pullback64,
  type ResNetOptions,
  resnet,
  stepSolvers,
} from "@stiffnet/core";
import { chain, logarithm, principalComponents, standardise } from "@stiffnet/preparation";
import { expect, it } from "vitest";

const size = { inputs: 3, outputs: 2, width: 5, depth: 4, seed: 3 };
const ode = { ...size, horizon: 1.5, weights: "quadratic" } as const;

const models: readonly (readonly [string, Model])[] = [
  ...activations.map((activation) => [activation, resnet({ ...size, activation })] as const),
  ["identity lift, augmented", resnet({ ...size, lift: "identity", augment: 2, horizon: 2 })],
  ["no skip connections", resnet({ ...size, skip: false })],
  ...stepSolvers
    .filter((solver) => !solver.startsWith("i") && solver !== "backwardEuler")
    .map((solver) => [solver, neuralOde({ ...ode, solver })] as const),
  ["lines", neuralOde({ ...ode, weights: { basis: "piecewiseLinear", knots: 3 }, solver: "rk4" })],
  ["fewer layers", neuralOde({ ...ode, weights: { basis: "perLayer", layers: 2 }, solver: "heun" })],
  ["no lift, no readout", neuralOde({ ...ode, inputs: 5, lift: "none", readout: "none", augment: 1 })],
];

/** Behind logarithms, scales and principal components. */
function prepared(model: Model): Model {
  const random = randomStream(9, 0);
  const [columns, outputs] = [model.config.inputs + 1, model.config.outputs];
  const names = (count: number) => Array.from({ length: count }, (_, k) => `c${k}`);
  const rows = (count: number) => Float64Array.from({ length: 40 * count }, () => 0.2 + random.uniform());
  return {
    ...model,
    inputNames: names(columns),
    preparation: {
      inputs: chain(
        (x, all) => logarithm(x, all, { columns: [all[1]!] }),
        standardise,
        (x, all) => principalComponents(x, all, { keep: columns - 1 }),
      )(rows(columns), names(columns)),
      outputs: chain((x, all) => logarithm(x, all, { columns: [all[0]!] }), standardise)(
        rows(outputs),
        names(outputs),
      ),
    },
  };
}

it.each(models)("%s: F as predict64 has it, and its derivative as differences have it", (_, plain) => {
  const model = prepared(plain);
  const gradient = pullback64(model);
  const columns = model.inputNames.length;
  const random = randomStream(4, 0);
  const x = Float64Array.from({ length: columns }, () => 0.4 + random.uniform());
  const c = Float64Array.from({ length: size.outputs }, () => 1 + random.uniform());
  const weighted = (row: Float64Array) => predict64(model, row).reduce((sum, y, o) => sum + c[o]! * y, 0);
  const truth = predict64(model, x);
  gradient.at(x).forEach((y, o) => {
    expect(y).toBeCloseTo(truth[o]!, 13);
  });
  gradient.pull(c).forEach((slope, i) => {
    const moved = (by: number) => weighted(x.map((value, j) => (i === j ? value + by : value)));
    // Fourth order: the rest is rounding, 1e-16 over the step.
    const step = 1e-3;
    const near = (moved(step) - moved(-step)) / (2 * step);
    const far = (moved(2 * step) - moved(-2 * step)) / (4 * step);
    expect(Math.abs(slope - (4 * near - far) / 3)).toBeLessThan(1e-9);
  });
});

it("has the derivatives that PyTorch has", () => {
  interface Case {
    readonly options: ResNetOptions;
    readonly parameters: number[];
    readonly rows: { x: number[]; y: number[]; jacobian: number[] }[];
  }
  const file = new URL("../../onnx/test/reference/networks.json", import.meta.url);
  for (const { options, parameters, rows } of JSON.parse(readFileSync(file, "utf8")) as Case[]) {
    const gradient = pullback64({ ...resnet(options), parameters: Float32Array.from(parameters) });
    for (const { x, y, jacobian } of rows) {
      const found = gradient.at(Float64Array.from(x));
      y.forEach((value, o) => {
        expect(found[o]).toBeCloseTo(value, 13);
        gradient.pull(Float64Array.from(y, (_, k) => (k === o ? 1 : 0))).forEach((slope, i) => {
          expect(slope).toBeCloseTo(jacobian[o * x.length + i]!, 13);
        });
      });
    }
  }
});

it("refuses an implicit solver", () => {
  expect(() => pullback64(neuralOde({ ...ode, solver: "backwardEuler" }))).toThrow(
    "pullback64: the model's solver is implicit, expected an explicit one",
  );
});

it("takes one row before one cotangent, and keeps the row", () => {
  const model = prepared(resnet(size));
  const gradient = pullback64(model);
  const [x, c] = [Float64Array.of(0.7, 0.8, 0.9, 1), Float64Array.of(1, 2)];
  expect(() => gradient.pull(c)).toThrow("pullback64: pull is called first, expected at before");
  expect(() => gradient.at(new Float64Array(8))).toThrow("the input has 8 numbers, expected one row of 4");
  gradient.at(x);
  expect(() => gradient.pull(x)).toThrow("the cotangent has 4 numbers, expected one row of 2");
  const pulled = gradient.pull(c);
  x.fill(2);
  expect(gradient.pull(c)).toEqual(pulled);
});
