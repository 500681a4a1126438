import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomStream } from "@stiffnet/base";
import { resnet } from "@stiffnet/core";
import {
  chain,
  dataset,
  type Fit,
  type Fits,
  logarithm,
  principalComponents,
  rangesOf,
  standardise,
} from "@stiffnet/preparation";
import { type GaussianModel, gaussianModel, predictGaussianModel } from "@stiffnet/uncertainty";
import { describe, expect, it } from "vitest";
import {
  descriptionText,
  type ExportOptions,
  encodeGaussian,
  encodeOnnx,
  exportGaussian,
  importGaussian,
  importOnnx,
  inspectOnnx,
} from "../src/index.ts";
import { runOnnx } from "../src/platform/node.ts";

const folder = mkdtempSync(join(tmpdir(), "stiffnet-gaussian-"));
const whole: Fit = (rows, names) => standardise(rows, names);

/** Smooth outputs of two inputs. The second input is large and far from 0. */
function modelOf(outputs: number, prepare?: Fits) {
  const random = randomStream(3, 0);
  const count = 50;
  const inputs = Float64Array.from({ length: 2 * count }, (_, i) =>
    i % 2 === 0 ? 0.1 + random.uniform() : 1e6 + 50 * random.uniform(),
  );
  const values = Float64Array.from({ length: count * outputs }, (_, i) => {
    const [row, c] = [Math.floor(i / outputs), i % outputs];
    const [x, t] = [inputs[2 * row]!, (inputs[2 * row + 1]! - 1e6) / 50];
    return Math.exp(Math.sin(3 * x + c) * (1 + t * t)) * 10 ** -c;
  });
  const names = (prefix: string, length: number) => Array.from({ length }, (_, k) => `${prefix}${k + 1}`);
  const data = dataset({
    name: "d",
    inputNames: names("x", 2),
    outputNames: names("y", outputs),
    prepare,
    train: { count, inputs, outputs: values },
  });
  return { model: gaussianModel(data), ranges: rangesOf(inputs, 2) };
}

const logs = { inputs: chain((rows, names) => logarithm(rows, names, { columns: ["x1"] }), whole) };
const cases: [string, ReturnType<typeof modelOf>, number][] = [
  ["one output", modelOf(1), 1],
  ["a process for each output", modelOf(3), 3],
  ["more outputs, which share their lengths", modelOf(6), 1],
  [
    "logarithms of an input and of outputs",
    modelOf(2, { ...logs, outputs: chain((rows, names) => logarithm(rows, names), whole) }),
    2,
  ],
  [
    "components",
    modelOf(6, {
      outputs: chain(whole, (rows, names) => principalComponents(rows, names, { keep: 2 }), whole),
    }),
    2,
  ],
];

describe.each(cases)("a Gaussian process of %s", (name, { model, ranges }, processes) => {
  it.each(["float32", "float64"] as const)("is the same in onnxruntime, %s", async (dtype) => {
    expect(model.processes).toHaveLength(processes);
    const path = join(folder, `${name}-${dtype}.onnx`);
    // Rounding grows with the correlations' condition, 1e13 without noise.
    const options = { dtype, ranges, ...(dtype === "float64" && { tolerance: 1e-6 }) };
    const { verification } = await exportGaussian(model, path, options);
    expect(verification.matches).toBe(true);
    expect(verification.rows).toBe(64);
  });

  it("is read back to the bit, and answers the same", async () => {
    const bytes = encodeGaussian(model, { ranges });
    const back = await importGaussian(bytes);
    expect(back).toEqual(model);
    const rows = Float64Array.of(0.5, 1e6 + 10, 0.9, 1e6 + 40);
    expect(predictGaussianModel(back, rows)).toEqual(predictGaussianModel(model, rows));
  });
});

it("keeps the digits of a single input", async () => {
  const random = randomStream(5, 0);
  const inputs = Float64Array.from({ length: 100 }, () => random.uniform());
  const train = { count: 100, inputs, outputs: inputs.map((x) => Math.sin(5 * x)) };
  const model = gaussianModel(dataset({ name: "d", inputNames: ["x"], outputNames: ["y"], train }));
  const options = { dtype: "float64", ranges: rangesOf(inputs, 1), tolerance: 1e-6 } as const;
  const { verification } = await exportGaussian(model, join(folder, "single.onnx"), options);
  expect(verification.error).toBeLessThan(1e-6);
});

it("may round a process without noise by a part of its deviation", async () => {
  const random = randomStream(5, 0);
  const inputs = Float64Array.from({ length: 240 }, () => random.uniform());
  // A kink makes the process large and its weights 1e10.
  const outputs = Float64Array.from(
    { length: 120 },
    (_, i) => Math.abs(inputs[2 * i]! - 0.5) + inputs[2 * i + 1]! - 0.75,
  );
  const names = { inputNames: ["x", "t"], outputNames: ["y"] };
  const prepare = { inputs: whole, outputs: whole };
  const model = gaussianModel(
    dataset({ name: "d", ...names, prepare, train: { count: 120, inputs, outputs } }),
  );
  const options = { ranges: rangesOf(inputs, 2) };
  const { verification } = await exportGaussian(model, join(folder, "kink.onnx"), options);
  const { file, model: told } = verification.worst;
  expect(Math.abs(file - told)).toBeLessThan(1e-4);
});

it("differs from another process, and is then not written", async () => {
  const { model, ranges } = modelOf(1);
  const [process] = model.processes as [GaussianModel["processes"][number]];
  const bytes = encodeGaussian({ ...model, processes: [{ ...process, noise: process.noise + 0.1 }] });
  const rows = Float64Array.of(0.5, 1e6 + 10);
  const { outputs_std: std } = await runOnnx(bytes, rows, 2, "float32");
  expect(std![0]).toBeGreaterThan(predictGaussianModel(model, rows.map(Math.fround)).std[0]! + 0.01);
  await expect(exportGaussian(model, join(folder, "no.onnx"), { ranges, tolerance: 1e-30 })).rejects.toThrow(
    "onnxruntime and the Gaussian process differ",
  );
});

it("refuses options that do not fit, as the export of a network does", () => {
  const { model, ranges } = modelOf(1);
  expect(() => encodeGaussian(model, { ranges: ranges.slice(1) })).toThrow(
    "ranges has 1 entries, expected 2",
  );
  expect(() => encodeGaussian(model, { units: { outputs: ["m", "s"] } })).toThrow(
    "units.outputs has 2 entries",
  );
  expect(() => encodeGaussian(model, { metadata: { test: Number.NaN } })).toThrow("metadata.test is NaN");
  expect(() => encodeGaussian(model, { metadata: { processes: 3 } })).toThrow(
    "the metadata have 'processes', expected another name",
  );
  const options: ExportOptions = { jacobian: true };
  expect(() => encodeGaussian(model, options)).toThrow("'jacobian' is given, but a Gaussian process has no");
});

it("is inspected as what it is, and not taken for a network", async () => {
  const { model, ranges } = modelOf(1);
  const bytes = encodeGaussian(model, { ranges, metadata: { seed: 3 } });
  const description = await inspectOnnx(bytes);
  expect(description.surrogate!.config).toEqual({
    kind: "gaussianProcess",
    inputs: 2,
    outputs: 1,
    processes: 1,
    rows: 50,
  });
  expect(description.outputs.map(({ name }) => name)).toEqual(["outputs", "outputs_std"]);
  expect(descriptionText(description)).toContain('model         {"kind":"gaussianProcess"');
  await expect(importOnnx(bytes)).rejects.toThrow("is a Gaussian process, expected a network");
  const network = encodeOnnx(resnet({ inputs: 2, outputs: 1, width: 3, depth: 1 }));
  await expect(importGaussian(network)).rejects.toThrow("holds no Gaussian process");
});
