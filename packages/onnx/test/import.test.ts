import { expect, test } from "vitest";
import { encodeOnnx, importOnnx } from "../src/index.ts";
import { decodeModel, encodeModel } from "../src/proto.ts";
import { kinds, modelOf } from "./models.ts";

test.each(kinds)("$name comes back as it was", async ({ options }) => {
  for (const dtype of ["float32", "float64"] as const) {
    const model = modelOf(options);
    expect(await importOnnx(encodeOnnx(model, { dtype }))).toEqual([model]);
  }
});

test("the members of an ensemble come back, and export to the same bytes", async () => {
  const models = [0, 1, 2].map((trial) => modelOf({ inputs: 3, outputs: 2, width: 5, depth: 3, trial }));
  const bytes = encodeOnnx(models);
  const found = await importOnnx(bytes);
  expect(found).toEqual(models);
  expect(Buffer.compare(encodeOnnx(found), bytes)).toBe(0);
});

test("an ONNX file of other origin is refused", async () => {
  const model = decodeModel(encodeOnnx(modelOf({ inputs: 1, outputs: 1, width: 2, depth: 1 })), "test");
  const foreign = encodeModel({ ...model, metadataProps: [] });
  await expect(importOnnx(foreign)).rejects.toMatchObject({ code: "not_a_surrogate" });
});

test("a file that lost a parameter is refused by name", async () => {
  const model = decodeModel(encodeOnnx(modelOf({ inputs: 1, outputs: 1, width: 2, depth: 1 })), "test");
  const { graph } = model;
  const initializer = graph.initializer.filter(({ name }) => name !== "blocks.0.bias");
  const broken = encodeModel({ ...model, graph: { ...graph, initializer } });
  await expect(importOnnx(broken)).rejects.toThrow("'blocks.0.bias' holds 0 numbers, expected 2");
});
