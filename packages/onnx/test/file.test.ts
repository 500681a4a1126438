import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rangesOf } from "@stiffnet/preparation";
import { describe, expect, test } from "vitest";
import { descriptionText, encodeOnnx, exportOnnx, inspectOnnx, verifyOnnx } from "../src/index.ts";
import { decodeModel } from "../src/proto.ts";
import { version } from "../src/version.ts";
import { chained, modelOf } from "./models.ts";

const folder = mkdtempSync(join(tmpdir(), "stiffnet-onnx-"));

describe("the file", () => {
  const model = modelOf({ inputs: 2, outputs: 1, width: 4, depth: 2 });

  test("the same model gives the same bytes", () => {
    expect(Buffer.compare(encodeOnnx(model), encodeOnnx(model))).toBe(0);
  });

  test.each([false, true])("holds every principal direction once, with a Jacobian: %s", (jacobian) => {
    const longer = chained(modelOf({ inputs: 2, outputs: 1, width: 4, depth: 2 }));
    const { inputs } = longer.preparation;
    const components = { ...longer, preparation: { inputs, outputs: { ...inputs, columns: 3 } } };
    const both = { ...components, outputNames: ["a", "b", "c"], config: { ...longer.config, outputs: 2 } };
    for (const model of [longer, both]) {
      const { graph } = decodeModel(encodeOnnx(model, { jacobian }), "bytes");
      const used = new Set(graph.node.flatMap(({ input }) => input));
      expect(graph.initializer.map(({ name }) => name).filter((name) => !used.has(name))).toEqual([]);
      const matrices = graph.initializer.filter(({ name }) => name.includes("directions"));
      expect(matrices).toHaveLength(model === both ? 2 : 1);
    }
  });

  test("is opset 17, IR 8, with a free batch, and says what it is", async () => {
    const path = join(folder, "model.onnx");
    const ranges = rangesOf(Float64Array.from([1, 20, 3, 10, 2, 30]), 2);
    const metadata = { risks: { train: 0.004, test: 0.006 }, digest: "abc", seed: 1 };
    const units = { inputs: ["K", "m"], outputs: ["1"] };
    const made = await exportOnnx(model, path, { ranges, metadata, units, description: "A test." });
    const found = await inspectOnnx(path);
    expect(found).toMatchObject({
      irVersion: 8,
      opset: 17,
      sha256: made.sha256,
      description: "A test.",
      inputs: [{ name: "inputs", dtype: "float32", shape: ["batch", 2] }],
      outputs: [{ name: "outputs", dtype: "float32", shape: ["batch", 1] }],
    });
    expect(found.surrogate).toMatchObject({
      dtype: "float32",
      members: 1,
      config: model.config,
      metadata,
      preparation: [model.preparation],
      inputs: [
        { name: "x1", unit: "K", range: [1, 3] },
        { name: "x2", unit: "m", range: [10, 30] },
      ],
      outputs: [{ name: "y1", unit: "1" }],
    });
  });

  test("is described in lines for a terminal, long lists only counted", async () => {
    const ranges = [
      [0, 1],
      [2, 3],
    ] as const;
    const metadata = { seed: 1, history: { riskTrain: Array.from({ length: 50 }, (_, k) => k) } };
    const text = descriptionText(
      await inspectOnnx(encodeOnnx(model, { ranges, metadata, units: { inputs: ["K", "m"] } })),
    );
    expect(text).toContain("inputs        inputs float32 [batch, 2]");
    expect(text).toContain("from  x1 [K], trained from 0 to 1\n      x2 [m], trained from 2 to 3\nto    y1");
    expect(text).toContain('history       {"riskTrain":"50 values"}');
    expect(text.split("\n").every((line) => line.length < 250)).toBe(true);
  });

  test("a failing check leaves the path as it was and nothing beside it", async () => {
    const path = join(folder, "kept.onnx");
    writeFileSync(path, "before");
    await expect(exportOnnx(model, path, { tolerance: 1e-12 })).rejects.toMatchObject({
      code: "verification_failed",
      message: expect.stringMatching(/differ by .* relative in 'y1'.*kept\.onnx was not written/),
    });
    expect(readFileSync(path, "utf8")).toBe("before");
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test("a folder that does not exist is the file system's error", async () => {
    await expect(exportOnnx(model, join(folder, "none", "m.onnx"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("verification notices one wrong parameter", async () => {
    const parameters = model.parameters.slice();
    parameters[3]! += 1e-3;
    expect((await verifyOnnx(encodeOnnx({ ...model, parameters }), model)).matches).toBe(false);
  });
});

describe("the checksum", () => {
  const first = encodeOnnx(modelOf({ inputs: 2, outputs: 1, width: 4, depth: 2 }));
  const second = encodeOnnx(modelOf({ inputs: 2, outputs: 1, width: 4, depth: 2, seed: 2 }));

  test("blends of two files of one size are refused, wherever the seam is", async () => {
    expect(first.length).toBe(second.length);
    let blends = 0;
    for (let seam = 1; seam < first.length; seam += 7) {
      const blend = Uint8Array.from([...second.subarray(0, seam), ...first.subarray(seam)]);
      if ([first, second].some((whole) => Buffer.compare(blend, whole) === 0)) continue;
      blends++;
      await expect(inspectOnnx(blend)).rejects.toMatchObject({ name: "OnnxError" });
    }
    expect(blends).toBeGreaterThan(50);
  });

  test("every single changed byte is noticed", async () => {
    for (let at = 0; at < first.length; at += 11) {
      const changed = Uint8Array.from(first);
      changed[at]! ^= 1;
      const found = await inspectOnnx(changed).catch((error: Error) => error.name);
      // A change within the entry itself can take its name away: then the file is one without a checksum.
      expect(typeof found === "string" ? found : found.checked).toBe(
        typeof found === "string" ? "OnnxError" : false,
      );
    }
  });

  test("a file without one says so", async () => {
    const { length } = encodeOnnx(modelOf({ inputs: 2, outputs: 1, width: 4, depth: 2 }));
    const entry = Buffer.from(first).lastIndexOf("stiffnet.checksum") - 4;
    expect(entry).toBeGreaterThan(length - 120);
    expect((await inspectOnnx(first)).checked).toBe(true);
    expect((await inspectOnnx(first.subarray(0, entry))).checked).toBe(false);
  });
});

test("the version that files name is the package's", () => {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  expect(version).toBe(JSON.parse(manifest).version);
});
