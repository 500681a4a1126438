import { readFileSync } from "node:fs";
import { neuralOde, resnet } from "@stiffnet/core";
import { encodeOnnx, inspectOnnx } from "@stiffnet/onnx";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import { evaluateHere, modelsOf } from "../../page/service/networks.ts";
import { describeModel, networkOf } from "../../src/models/describe.ts";
import { writeEnsemble } from "../service.ts";

const shape = { inputs: 3, outputs: 2, width: 6, depth: 5 };
const rows = [
  [0.3, -0.7, 1.1],
  [1.2, 0.4, -0.2],
];
const exported = async (dtype: "float32" | "float64", bytes: Uint8Array, x: number[][]) => {
  const session = await InferenceSession.create(bytes);
  const numbers = (dtype === "float64" ? Float64Array : Float32Array).from(x.flat());
  return session.run({ inputs: new Tensor(dtype, numbers, [x.length, x[0]!.length]) });
};

/** Results that the page computes by itself from the service's copy of a file. */
async function onPage(bytes: Uint8Array, x: number[][]) {
  const description = await inspectOnnx(bytes);
  const { surrogate } = description;
  const model = describeModel({ name: "m", version: "1", description, surrogate: surrogate! }, ["1"]);
  const document = JSON.parse(JSON.stringify(await networkOf({ bytes })));
  return evaluateHere(modelsOf(document, model), model.dtype, x);
}
const expectNear = (found: ArrayLike<number>, expected: unknown, tolerance: number) => {
  const values = Array.from(expected as Float64Array);
  expect(found).toHaveLength(values.length);
  values.forEach((value, k) => {
    expect(Math.abs(found[k]! - value)).toBeLessThanOrEqual(tolerance * Math.max(0.1, Math.abs(value)));
  });
};

test.each([
  ["a residual network", resnet(shape)],
  ["rk4 with cubic weights", neuralOde({ ...shape, weights: "cubic", solver: "rk4", augment: 2 })],
  ["no ends", neuralOde({ ...shape, width: 3, lift: "none", readout: "none", solver: "midpoint" })],
  ["no skip connections", resnet({ ...shape, skip: false, augment: 1 })],
])("%s: the page's values are those of the file in onnxruntime", async (_, model) => {
  for (const [dtype, tolerance] of [
    ["float64", 1e-12],
    // Ten units in the last place of float32, for sums in another order.
    ["float32", 1e-6],
  ] as const) {
    const bytes = encodeOnnx(model, { dtype });
    const { outputs } = await exported(dtype, bytes, rows);
    expectNear((await onPage(bytes, rows)).mean, outputs!.data, tolerance);
  }
});

test("mean and spread of an ensemble are those of the file", async () => {
  const bytes = readFileSync(await writeEnsemble("here.onnx"));
  const x = [
    [700, 1, 1.2],
    [900, 2.5, 1.8],
  ];
  const { outputs, outputs_std } = await exported("float32", bytes, x);
  const { mean, spread } = await onPage(bytes, x);
  expectNear(
    Array.from(mean, (y, k) => (k % 2 === 0 ? y * 1e8 : y)),
    Array.from(outputs!.data as Float32Array, (y, k) => (k % 2 === 0 ? y * 1e8 : y)),
    1e-6,
  );
  // A difference of nearly equal numbers.
  expectNear(
    Array.from(spread!, (y, k) => (k % 2 === 0 ? y * 1e8 : y)),
    Array.from(outputs_std!.data as Float32Array, (y, k) => (k % 2 === 0 ? y * 1e8 : y)),
    1e-4,
  );
});
