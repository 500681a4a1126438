import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ResNetOptions, resnet } from "@stiffnet/core";
import { describe, expect, test } from "vitest";
import { encodeOnnx } from "../src/index.ts";
import { runOnnx } from "../src/platform/node.ts";

interface Reference {
  readonly options: ResNetOptions;
  readonly parameters: number[];
  readonly rows: { x: number[]; y: number[]; jacobian: number[]; norms: number[] }[];
}
const cases: Reference[] = JSON.parse(
  readFileSync(join(import.meta.dirname, "reference", "networks.json"), "utf8"),
);

const worst = (got: Float64Array, expected: number[]): number => {
  const size = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, k) => Math.abs(got[k]! - value) / size));
};

// Rounding of four layers in the file's type.
describe.each(cases)("$options.activation, $options.lift lift", ({ options, parameters, rows }) => {
  test.each([
    ["float32", 2e-6],
    ["float64", 1e-14],
  ] as const)("%s: outputs and dy/dx as PyTorch has them", async (dtype, rounding) => {
    const model = { ...resnet(options), parameters: Float32Array.from(parameters) };
    const bytes = encodeOnnx(model, { dtype, jacobian: true });
    const x = Float64Array.from(rows.flatMap((row) => row.x));
    const found = await runOnnx(bytes, x, model.config.inputs, dtype);
    const flat = (of: "y" | "jacobian") => rows.flatMap((row) => row[of]);
    expect(worst(found.outputs!, flat("y"))).toBeLessThan(rounding);
    expect(worst(found.jacobian!, flat("jacobian"))).toBeLessThan(rounding);
  });
});
