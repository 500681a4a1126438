import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Model, predict64, resnet } from "@stiffnet/core";
import { describe, expect, test } from "vitest";
import { encodeOnnx, exportEnsemble, importOnnx, inspectOnnx, usualRows, verifyOnnx } from "../src/index.ts";
import { runOnnx } from "../src/platform/node.ts";
import { chained, kinds, modelOf } from "./models.ts";

const standard = (columns: number) => ({
  columns,
  steps: [
    {
      kind: "affine" as const,
      mean: Array(columns).fill(0.3),
      scale: Array.from({ length: columns }, (_, j) => 0.5 + j),
    },
  ],
});
const folder = mkdtempSync(join(tmpdir(), "stiffnet-onnx-"));

describe("the step size in a float32 graph", () => {
  // 3/7 is no float32.
  const shape = { inputs: 3, outputs: 2, width: 8, depth: 7, horizon: 3 };
  const members = [0, 1].map((trial) => resnet({ ...shape, trial }));

  test("costs a step no operator of its own", async () => {
    const count = async (dtype: "float32" | "float64") =>
      (await inspectOnnx(encodeOnnx(members[0]!, { dtype }))).operators;
    const [single, double] = [await count("float32"), await count("float64")];
    expect(single).toEqual({ ...double, Mul: double.Mul! - 7 + 1 });
  });

  test("is as exact as a product of its own", async () => {
    const [model] = members;
    expect((await verifyOnnx(encodeOnnx(model!), model!)).error).toBeLessThan(1e-6);
    const path = join(folder, "steps.onnx");
    await exportEnsemble(members, path);
    expect((await verifyOnnx(path, members)).error).toBeLessThan(1e-6);
  });
});

describe.each(kinds)("$name", ({ options }) => {
  test("float32 agrees with the model to 1e-6 of each output's size", async () => {
    const result = await verifyOnnx(encodeOnnx(modelOf(options)), modelOf(options));
    expect(result.error).toBeLessThan(1e-6);
    expect(result.error).toBeGreaterThan(0);
  });

  test("float64 agrees to 1e-13", async () => {
    const bytes = encodeOnnx(modelOf(options), { dtype: "float64" });
    expect((await verifyOnnx(bytes, modelOf(options))).error).toBeLessThan(1e-13);
  });

  test("dy/dx is the derivative of the outputs", async () => {
    const model = modelOf(options);
    const bytes = encodeOnnx(model, { dtype: "float64", jacobian: true });
    const x = [3.3, 1.9, 4.2];
    const { jacobian } = await runOnnx(bytes, Float64Array.from(x), 3, "float64");
    // Central differences: truncation h^2 and rounding eps / h balance near 1e-10.
    const h = 1e-5;
    for (let i = 0; i < 3; i++) {
      const shifted = (by: number) =>
        predict64(
          model,
          Float64Array.from(x, (v, k) => (k === i ? v + by : v)),
        );
      const [above, below] = [shifted(h), shifted(-h)];
      for (let j = 0; j < 2; j++) {
        expect(jacobian![j * 3 + i]).toBeCloseTo((above[j]! - below[j]!) / (2 * h), 8);
      }
    }
  });
});

describe("sizes that float32 finds hard", () => {
  const options = { inputs: 3, outputs: 2, width: 20, depth: 10 };
  test.each([
    { name: "outputs of 1e-9", input: [0, 1], output: [4e-9, 1e-9] },
    { name: "outputs of 1e-30", input: [0, 1], output: [0, 1e-30] },
    { name: "inputs at 1e6, of size 1", input: [1e6, 1], output: [0, 1] },
    { name: "inputs at 1e-12 and outputs at 1e12", input: [1e-12, 1e-13], output: [1e12, 1e10] },
  ] as { name: string; input: [number, number]; output: [number, number] }[])(
    "$name",
    async ({ input, output }) => {
      const model = modelOf(options, { input, output });
      expect((await verifyOnnx(encodeOnnx(model), model)).error).toBeLessThan(1e-6);
    },
  );

  test("what float32 cannot hold is refused by name, and float64 takes it", async () => {
    const model = modelOf(options, { output: [0, 1e-45] });
    expect(() => encodeOnnx(model)).toThrow(/'y1' has mean 0 and scale .*e-45.*dtype "float64"/);
    const bytes = encodeOnnx(model, { dtype: "float64" });
    expect((await verifyOnnx(bytes, model)).error).toBeLessThan(1e-12);
  });
});

test("several preparation steps are applied in order and undone in reverse", async () => {
  const model = modelOf({ inputs: 2, outputs: 1, width: 4, depth: 2 });
  const second = (columns: number) => ({
    kind: "affine" as const,
    mean: Array.from({ length: columns }, (_, j) => 0.3 + j),
    scale: Array.from({ length: columns }, (_, j) => 1.7 - j / 2),
  });
  const { inputs, outputs } = model.preparation;
  const twice: Model = {
    ...model,
    preparation: {
      inputs: { columns: 2, steps: [...inputs.steps, second(2)] },
      outputs: { columns: 1, steps: [...outputs.steps, second(1)] },
    },
  };
  expect((await verifyOnnx(encodeOnnx(twice), twice)).matches).toBe(true);
  expect((await verifyOnnx(encodeOnnx(twice), model)).matches).toBe(false);
});

describe("logarithms and components in the preparation", () => {
  const network = (trial: number) => modelOf({ inputs: 3, outputs: 2, width: 8, depth: 4, trial });
  const one = chained(network(0));
  const several = [0, 1, 2].map((trial) => chained(network(trial), trial));
  const mixed = [
    one,
    { ...one, preparation: { ...one.preparation, inputs: several[1]!.preparation.inputs } },
  ];

  test.each([
    ["one model", [one]],
    ["an ensemble with preparations of their own", several],
    ["an ensemble with a common preparation of the outputs", mixed],
  ])("%s", async (_, models) => {
    for (const dtype of ["float32", "float64"] as const) {
      const { error } = await verifyOnnx(encodeOnnx(models, { dtype }), models);
      expect(error).toBeLessThan(dtype === "float32" ? 1e-6 : 1e-12);
    }
    expect(await importOnnx(encodeOnnx(models))).toEqual(models);
  });

  test.each([
    ["inputs", { ...one, preparation: { ...one.preparation, outputs: standard(2) } }],
    [
      "outputs",
      { ...one, inputNames: ["a", "b", "c"], preparation: { ...one.preparation, inputs: standard(3) } },
    ],
    ["both", one],
  ])("dy/dx goes through the steps of the %s", async (_, model) => {
    for (const models of [[model], [model, { ...model, parameters: several[1]!.parameters }]]) {
      const rows = usualRows(model.preparation.inputs, 4).slice(-model.inputNames.length);
      const [columns, outputs] = [model.inputNames.length, model.outputNames.length];
      const bytes = encodeOnnx(models, { dtype: "float64", jacobian: true });
      const { jacobian } = await runOnnx(bytes, rows, columns, "float64");
      for (let i = 0; i < columns; i++) {
        const h = Math.abs(rows[i]!) * 1e-5;
        const at = (by: number, j: number) => {
          const x = rows.map((v, k) => (k === i ? v + by : v));
          return models.reduce((sum, each) => sum + predict64(each, x)[j]! / models.length, 0);
        };
        for (let j = 0; j < outputs; j++) {
          const expected = (at(h, j) - at(-h, j)) / (2 * h);
          expect(Math.abs(jacobian![j * columns + i]! / expected - 1)).toBeLessThan(1e-5);
        }
      }
    }
  });

  test("names that do not fit the preparation are refused", () => {
    expect(() => encodeOnnx({ ...one, inputNames: ["a"] })).toThrow(
      "1 name for 4 columns of inputs, and prepares 3 columns",
    );
  });
});

describe("ensembles", () => {
  const options = { inputs: 3, outputs: 2, width: 9, depth: 4 };
  const trials = [0, 1, 2, 3, 4].map((trial) => modelOf({ ...options, trial }, { output: [5e-9, 1e-9] }));
  const shared = trials.map((model) => ({ ...model, preparation: trials[0]!.preparation }));

  test.each([
    ["with a preparation of their own", trials],
    ["with a common preparation", shared],
  ])("mean, spread and members %s", async (_, models) => {
    const bytes = encodeOnnx(models, { members: true });
    expect((await verifyOnnx(bytes, models)).error).toBeLessThan(1e-6);
    const rows = Float64Array.from([3, 4, 5, 2, 1, 0].map(Math.fround));
    const { outputs_members: members } = await runOnnx(bytes, rows, 3, "float32");
    const expected = models.flatMap((model) => [...predict64(model, rows)]);
    expected.forEach((value, k) => {
      expect(Math.abs(members![k]! - value)).toBeLessThan(1e-6 * 5e-9);
    });
  });

  test("whose outputs hardly vary over the rows match, as far as float32 rounds the values", async () => {
    const flat = [0, 1, 2].map((trial) => {
      const model = resnet({ inputs: 3, outputs: 3, width: 50, depth: 16, seed: 10, trial });
      const weights = model.layout.lift.weight;
      return {
        ...model,
        parameters: model.parameters.map((x, k) => (k < weights.offset + weights.size ? 1e-3 * x : x)),
      };
    });
    expect((await verifyOnnx(encodeOnnx(flat), flat)).error).toBeLessThan(2e-6);
  });

  test("the derivative is that of the mean", async () => {
    const bytes = encodeOnnx(trials, { dtype: "float64", jacobian: true });
    const x = Float64Array.from([3, 2.5, 4]);
    const { jacobian } = await runOnnx(bytes, x, 3, "float64");
    const parts = await Promise.all(
      trials.map((model) =>
        runOnnx(encodeOnnx(model, { dtype: "float64", jacobian: true }), x, 3, "float64"),
      ),
    );
    for (let k = 0; k < 6; k++) {
      const mean = parts.reduce((sum, part) => sum + part.jacobian![k]!, 0) / parts.length;
      expect(Math.abs(jacobian![k]! / mean - 1)).toBeLessThan(1e-12);
    }
  });

  test("different configurations are refused", async () => {
    const models = [trials[0]!, modelOf({ ...options, width: 8 })];
    await expect(exportEnsemble(models, join(folder, "mixed.onnx"))).rejects.toThrow(
      /model 2 has configuration/,
    );
  });
});
