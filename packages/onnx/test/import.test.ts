import { predict } from "@stiffnet/core";
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

test("an export that lost its metadata is read like the network of another library", async () => {
  const model = modelOf({ inputs: 3, outputs: 2, width: 5, depth: 4, horizon: 4 });
  const decoded = decodeModel(encodeOnnx(model), "test");
  const [found] = await importOnnx(encodeModel({ ...decoded, metadataProps: [] }));
  expect(found!.config).toEqual(model.config);
  const x = Float64Array.from({ length: 12 }, (_, k) => 3 + Math.sin(k));
  const [expected, answer] = [predict(model, x), predict(found!, x)];
  // The file holds means and scales in float32.
  expected.forEach((y, k) => {
    expect(Math.abs(answer[k]! / y - 1)).toBeLessThan(1e-6);
  });
});

test("metadata that tell of other tensors than the graph has are refused", async () => {
  const model = decodeModel(encodeOnnx(modelOf({ inputs: 2, outputs: 1, width: 2, depth: 1 })), "test");
  const withEntry = (key: string, value: unknown) =>
    encodeModel({
      ...model,
      metadataProps: model.metadataProps.map((entry) =>
        entry.key === `stiffnet.${key}` ? { key: entry.key, value: JSON.stringify(value) } : entry,
      ),
    });
  const wrong = [
    withEntry("inputs", [{ name: "x1" }]),
    withEntry("inputs", [{ name: "x" }, { name: "x" }]),
    withEntry("outputs", [{ name: "" }]),
    withEntry("outputs", [{ name: "y1" }, { name: "y2" }]),
    withEntry("members", 2),
  ];
  for (const bytes of wrong)
    await expect(importOnnx(bytes)).rejects.toMatchObject({ code: "shape_mismatch" });
});

test("a file that lost a parameter is refused by name", async () => {
  const model = decodeModel(encodeOnnx(modelOf({ inputs: 1, outputs: 1, width: 2, depth: 1 })), "test");
  const { graph } = model;
  const initializer = graph.initializer.filter(({ name }) => name !== "blocks.0.bias");
  const broken = encodeModel({ ...model, graph: { ...graph, initializer } });
  await expect(importOnnx(broken)).rejects.toThrow("'blocks.0.bias' holds 0 numbers, expected 2");
});
