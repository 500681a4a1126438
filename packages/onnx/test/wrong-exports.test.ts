import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resnet } from "@stiffnet/core";
import { describe, expect, test } from "vitest";
import { encodeOnnx, exportEnsemble, exportOnnx, inspectOnnx, verifyOnnx } from "../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "stiffnet-onnx-"));

describe("bad input", () => {
  const model = resnet({ inputs: 2, outputs: 1, width: 4, depth: 2 });
  test.each([
    ["empty", new Uint8Array(0)],
    ["text", new TextEncoder().encode("a,b\n1,2\n")],
    ["cut short", encodeOnnx(model).subarray(0, 400)],
    ["zeros", new Uint8Array(64)],
  ])("a file that is %s is not ONNX", async (name, bytes) => {
    const path = join(folder, `${name}.onnx`);
    writeFileSync(path, bytes);
    await expect(inspectOnnx(path)).rejects.toMatchObject({
      code: "not_onnx",
      message: expect.stringMatching(new RegExp(`^${name}\\.onnx: not an ONNX file \\(.*\\)$`)),
    });
  });

  test("options that do not fit are refused by name", () => {
    expect(() => encodeOnnx(model, { ranges: [[0, 1]] })).toThrow("ranges has 1 entries, expected 2");
    expect(() =>
      encodeOnnx(model, {
        ranges: [
          [0, 1],
          [2, 1],
        ],
      }),
    ).toThrow("the range of 'x2' is [2, 1]");
    expect(() => encodeOnnx(model, { metadata: { risks: { test: Number.NaN } } })).toThrow(
      "metadata.risks.test is NaN",
    );
    expect(() => encodeOnnx(model, { members: true })).toThrow("there is one model");
    expect(() => encodeOnnx([])).toThrow("no model was given");
  });

  test("a path is asked for before anything is computed", async () => {
    const nothing = undefined as unknown as string;
    await expect(exportOnnx(model, nothing)).rejects.toThrow(
      "the path is undefined, expected the name of a file",
    );
    await expect(exportEnsemble([model], "")).rejects.toMatchObject({ code: "bad_option" });
  });

  test("a diverged model is refused", () => {
    const parameters = model.parameters.slice();
    parameters[5] = Number.NaN;
    expect(() => encodeOnnx({ ...model, parameters })).toThrow("parameter 5 of model 1 is NaN");
  });

  test("verifying against another model is an error", async () => {
    const other = resnet({ inputs: 3, outputs: 1, width: 4, depth: 2 });
    await expect(verifyOnnx(encodeOnnx(model), other)).rejects.toThrow("not an export of this model");
  });
});
