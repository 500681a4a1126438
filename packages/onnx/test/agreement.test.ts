import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomStream } from "@stiffnet/base";
import { activations, type Model, predict, predict64 } from "@stiffnet/core";
import * as web from "onnxruntime-web";
import { beforeAll, describe, expect, test } from "vitest";
import { needs, programOf } from "../../../scripts/needs.ts";
import { type ExportOptions, encodeOnnx, usualRows } from "../src/index.ts";
import { runOnnx } from "../src/platform/node.ts";
import { chained, modelOf } from "./models.ts";

/* The same numbers from every runtime, for models of every kind: STIFFNET_MODELS=200 for the long version.
   STIFFNET_PYTHON names a Python with onnx and onnxruntime. */

const count = Number(process.env.STIFFNET_MODELS ?? 40);

interface Case {
  readonly models: readonly Model[];
  readonly options: ExportOptions & { readonly dtype: "float32" | "float64" };
  readonly rows: Float64Array;
  readonly bytes: Uint8Array;
  /** Largest magnitude of each output. Differences are relative to it. */
  readonly sizes: readonly number[];
  readonly expected: Float64Array;
}

function caseOf(k: number): Case {
  const random = randomStream(23, k);
  const among = <T>(list: readonly T[]): T => list[random.below(list.length)]!;
  const shape = {
    inputs: 1 + random.below(12),
    outputs: 1 + random.below(8),
    width: 1 + random.below(40),
    depth: 1 + random.below(16),
    activation: activations[k % activations.length]!,
    lift: among(["tanh", "identity"] as const),
    horizon: among([1, 0.5, 2]),
  };
  const sizes = {
    input: among<[number, number]>([
      [0, 1],
      [300, 20],
      [1e6, 10],
      [1e-7, 1e-8],
    ]),
    output: among<[number, number]>([
      [0, 1],
      [4e-9, 1e-9],
      [-1e5, 3],
      [0.2, 1e-3],
    ]),
  };
  const dtype = k % 4 === 3 ? "float64" : "float32";
  const members = k % 5 === 4 ? 3 : 1;
  const models = Array.from({ length: members }, (_, trial) => {
    const model = modelOf({ ...shape, seed: k + 1, trial }, sizes);
    return k % 7 === 6 ? chained(model, trial) : model;
  });
  const options = {
    dtype,
    jacobian: k % 3 === 0,
    members: members > 1 && k % 2 === 0,
  } as const;
  const usual = usualRows(models[0]!.preparation.inputs, 16);
  const rows = dtype === "float64" ? usual : usual.map(Math.fround);
  const answers = models.map((model) => (dtype === "float64" ? predict64 : predict)(model, rows));
  const expected = answers[0]!.map((_, i) => answers.reduce((sum, y) => sum + y[i]!, 0) / members);
  const largest = models[0]!.outputNames.map((_, j) =>
    Math.max(...expected.filter((_, i) => i % models[0]!.outputNames.length === j).map(Math.abs)),
  );
  return { models, options, rows, bytes: encodeOnnx(models, options), sizes: largest, expected };
}

const cases = Array.from({ length: count }, (_, k) => caseOf(k));

function expectClose(name: string, k: number, got: ArrayLike<number>): void {
  const { expected, sizes, options } = cases[k]!;
  // float32: sixteen layers of sums of forty products, each rounded to 6e-8, in two orders of summation.
  const tolerance = options.dtype === "float64" ? 1e-12 : 1e-6;
  let worst = 0;
  for (const [i, value] of expected.entries()) {
    worst = Math.max(worst, Math.abs(got[i]! - value) / sizes[i % sizes.length]!);
  }
  expect(worst, `${name}, model ${k}`).toBeLessThan(tolerance);
  expect(got.length).toBe(expected.length);
}

test("onnxruntime-node gives the training engine's numbers", async () => {
  for (const [k, { bytes, rows, models, options }] of cases.entries()) {
    const { outputs } = await runOnnx(bytes, rows, models[0]!.inputNames.length, options.dtype);
    expectClose("onnxruntime-node", k, outputs!);
  }
});

test("onnxruntime-web gives the training engine's numbers", async () => {
  web.env.wasm.numThreads = 1;
  for (const [k, { bytes, rows, models, options }] of cases.entries()) {
    const session = await web.InferenceSession.create(bytes, { logSeverityLevel: 3 });
    const dims = [16, models[0]!.inputNames.length];
    const inputs =
      options.dtype === "float64"
        ? new web.Tensor("float64", rows, dims)
        : new web.Tensor("float32", Float32Array.from(rows), dims);
    const { outputs } = await session.run({ inputs });
    expectClose("onnxruntime-web", k, outputs!.data as Float32Array);
    await session.release();
  }
});

describe("in Python", needs("python"), () => {
  let answers: { shapes: Record<string, (string | number)[]>; outputs: number[] }[];

  beforeAll(() => {
    const folder = mkdtempSync(join(tmpdir(), "stiffnet-python-"));
    const jobs = cases.map(({ bytes, rows, models, options }, k) => {
      const file = join(folder, `${k}.onnx`);
      writeFileSync(file, bytes);
      const columns = models[0]!.inputNames.length;
      return {
        file,
        dtype: options.dtype,
        rows: Array.from({ length: 16 }, (_, i) => [...rows.subarray(i * columns, (i + 1) * columns)]),
      };
    });
    const list = join(folder, "job.json");
    writeFileSync(list, JSON.stringify(jobs));
    const printed = execFileSync(programOf("python")!, [join(import.meta.dirname, "check.py"), list], {
      encoding: "utf8",
      maxBuffer: 2 ** 28,
      // onnx and onnxruntime, loaded together, complain of each other's schemas.
      stdio: ["ignore", "pipe", "pipe"],
    });
    answers = JSON.parse(printed);
  });

  test("ONNX's checker and strict shape inference accept every file, with the shapes it states", () => {
    for (const [k, { models, options }] of cases.entries()) {
      const { inputNames, outputNames } = models[0]!;
      const [inputs, outputs] = [inputNames.length, outputNames.length];
      expect(answers[k]!.shapes).toEqual({
        outputs: ["batch", outputs],
        ...(models.length > 1 && { outputs_std: ["batch", outputs] }),
        ...(options.members && { outputs_members: [models.length, "batch", outputs] }),
        ...(options.jacobian && { jacobian: ["batch", outputs, inputs] }),
      });
    }
  });

  test("onnxruntime gives the training engine's numbers", () => {
    for (const [k, { outputs }] of answers.entries()) expectClose("onnxruntime (Python)", k, outputs);
  });
});
