import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Model, neuralOde, predict64, resnet } from "@stiffnet/core";
import { type ExportOptions, encodeOnnx, usualRows } from "@stiffnet/onnx";
import { decodeModel, encodeModel } from "@stiffnet/onnx/file";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch } from "../../../apps/serve/test/browser.ts";
import { needs } from "../../../scripts/needs.ts";
import { runOnnx } from "../../onnx/src/platform/node.ts";
import { chained, kinds, modelOf, withSizes } from "../../onnx/test/models.ts";
import { exportTfjs } from "../src/files.ts";
import { operations } from "../src/graph/operations.ts";
import { encodeTfjs } from "../src/graph.ts";
import { startTensorFlow, type TensorFlow, type TfjsBackend } from "../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "stiffnet-tfjs-"));
const shape = { inputs: 3, outputs: 2, width: 7, depth: 4 };
const ode = (options: object) => withSizes(neuralOde({ ...shape, ...options }));
const trials = [0, 1, 2].map((trial) => modelOf({ ...shape, trial }, { output: [5e-9, 1e-9] }));
const all = { jacobian: true, members: true };

const cases: { name: string; models: Model[]; options?: ExportOptions }[] = [
  ...kinds.flatMap(({ name, options }) =>
    (["float32", "float64"] as const).map((dtype) => ({
      name: `${name}, ${dtype}`,
      models: [modelOf(options)],
      options: { dtype, jacobian: true },
    })),
  ),
  { name: "ensemble with preparations of their own", models: trials, options: all },
  {
    name: "ensemble with one preparation",
    models: trials.map((one) => ({ ...one, preparation: trials[0]!.preparation })),
    options: all,
  },
  { name: "logarithms and components", models: [chained(trials[0]!)], options: { jacobian: true } },
  {
    name: "ensemble of logarithms and components",
    models: trials.map((one, k) => chained(one, k)),
    options: all,
  },
  { name: "inputs at 1e6, of size 1", models: [modelOf(shape, { input: [1e6, 1] })] },
  { name: "no skip connections", models: [withSizes(resnet({ ...shape, skip: false }))] },
  { name: "neural ODE, rk4 and cubic weights", models: [ode({ solver: "rk4", weights: "cubic" })] },
  {
    name: "augmented neural ODE without lift and readout",
    models: [ode({ inputs: 7, lift: "none", readout: "none", augment: 3 })],
    options: { jacobian: true },
  },
];

const expectNear = (got: ArrayLike<number>, expected: ArrayLike<number>, name: string): void => {
  expect(got.length, name).toBe(expected.length);
  let [size, error] = [0, 0];
  for (let k = 0; k < expected.length; k++) {
    size = Math.max(size, Math.abs(expected[k]!));
    // Written so that NaN is the worst.
    if (!(Math.abs(got[k]! - expected[k]!) <= error)) error = Math.abs(got[k]! - expected[k]!);
  }
  expect(error / size, name).toBeLessThan(1e-5);
};

/** All outputs by name, of the graph model on a backend. */
async function runTfjs(backend: TfjsBackend, file: Uint8Array, rows: Float64Array, names: string[]) {
  const { tf } = await startTensorFlow({ backend });
  const before = tf.memory().numTensors;
  const model = await tf.loadGraphModel(tf.io.fromMemory((await encodeTfjs(file)) as never));
  const columns = model.inputs[0]!.shape!.at(-1)!;
  const x = tf.tensor2d(Float32Array.from(rows), [rows.length / columns, columns]);
  const answers = [model.execute(x, names)].flat();
  const values = answers.map((one) => one.dataSync());
  tf.dispose([x, ...answers]);
  model.dispose();
  expect(tf.memory().numTensors).toBe(before);
  return values;
}

describe.each([
  ["cpu", {}],
  ["wasm", {}],
  ["tensorflow", needs("tensorflow")],
] as const)("on the backend %s", (backend, options) => {
  test.each(cases)("$name", options, async ({ models, options: given }) => {
    const file = encodeOnnx(models, given);
    const { preparation, inputNames } = models[0]!;
    const rows = usualRows(preparation.inputs, 20).map(Math.fround);
    const expected = await runOnnx(file, rows, inputNames.length, given?.dtype ?? "float32");
    const names = Object.keys(expected);
    const got = await runTfjs(backend, file, rows, names);
    names.forEach((name, k) => {
      expectNear(got[k]!, expected[name]!, name);
    });
    const exact = models.map((one) => predict64(one, rows));
    const mean = exact[0]!.map((_, k) => exact.reduce((sum, y) => sum + y[k]! / exact.length, 0));
    expectNear(got[names.indexOf("outputs")]!, mean, "the network in float64");
  });
});

test("the graphs above hold every operation of the table", () => {
  const used = cases.flatMap(({ models, options }) =>
    decodeModel(encodeOnnx(models, options), "").graph.node.map(({ opType }) => opType),
  );
  expect([...new Set(used)].sort()).toEqual(Object.keys(operations).sort());
});

describe("in a folder", () => {
  const [one] = trials;
  test("two files, whole and the same for the same model; an earlier model's weights go", async () => {
    const path = join(folder, "replaced");
    await exportTfjs(encodeOnnx(trials[1]!), path);
    writeFileSync(join(path, "notes.txt"), "mine");
    const { bytes, verification } = await exportTfjs(encodeOnnx(one!), path);
    const names = readdirSync(path).sort();
    expect(names).toEqual(["model.json", "notes.txt", expect.stringMatching(/^weights-\w{8}\.bin$/)]);
    const files = [names[0]!, names[2]!].map((name) => readFileSync(join(path, name)));
    expect(files[0]!.length + files[1]!.length).toBe(bytes);
    expect(verification.error).toBeLessThan(1e-6);
    const json = JSON.parse(files[0]!.toString());
    expect(json).toMatchObject({ format: "graph-model", weightsManifest: [{ paths: [names[2]] }] });
    expect(json.userDefinedMetadata.stiffnet).toMatchObject({ members: 1, outputs: [{ name: "y1" }, {}] });
    await exportTfjs(encodeOnnx(one!), path);
    expect(readFileSync(join(path, "model.json")).equals(files[0]!)).toBe(true);
  });

  test("what float32 cannot say, and what is none of ours, is refused in one line", async () => {
    const path = join(folder, "none");
    const narrow = modelOf(shape, { input: [1e6, 1e-2] });
    await expect(exportTfjs(encodeOnnx(narrow, { dtype: "float64" }), path)).rejects.toThrow(
      /^bytes: in float32, which is all that TensorFlow.js has, .* differ by .* in 'y\d', expected at most 0.00001; .*none was not written$/,
    );
    const { metadataProps, ...foreign } = decodeModel(encodeOnnx(one!), "");
    await expect(exportTfjs(encodeModel({ ...foreign, metadataProps: [] }), path)).rejects.toMatchObject({
      code: "not_a_surrogate",
    });
    foreign.graph.node[0]!.opType = "Conv";
    await expect(exportTfjs(encodeModel({ ...foreign, metadataProps }), path)).rejects.toThrow(
      /^bytes: 'inputs.centred' is a Conv, expected one of Abs, Add, /,
    );
    expect(readdirSync(folder)).not.toContain("none");
  });
});

describe("in Chromium", needs("chromium"), () => {
  let context: Awaited<ReturnType<typeof launch>>;
  beforeAll(async () => {
    context = await launch();
  });
  afterAll(() => context?.close());

  test("the folder answers as onnxruntime, by the names of the outputs", async () => {
    const models = trials.map((model, k) => chained(model, k));
    const file = encodeOnnx(models);
    const path = join(folder, "chromium");
    await exportTfjs(file, path);
    const library = createRequire(new URL("../package.json", import.meta.url)).resolve("@tensorflow/tfjs");
    const page = await context.newPage();
    await page.route("http://model.test/**", (route) => {
      const name = new URL(route.request().url()).pathname.slice(1);
      return name === ""
        ? route.fulfill({ body: "<!doctype html>" })
        : route.fulfill({ path: join(path, name) });
    });
    await page.goto("http://model.test/");
    await page.addScriptTag({ path: join(dirname(library), "tf.min.js") });
    const rows = usualRows(models[0]!.preparation.inputs, 10).map(Math.fround);
    const answers = await page.evaluate(
      async (x) => {
        const { tf } = globalThis as unknown as { tf: TensorFlow };
        await tf.setBackend("cpu");
        const model = await tf.loadGraphModel("model.json");
        const found = model.predict(tf.tensor2d(x, [10, x.length / 10])) as Record<
          string,
          { dataSync(): Float32Array }
        >;
        return Object.entries(found).map(([name, tensor]) => [name, [...tensor.dataSync()]] as const);
      },
      [...rows],
    );
    const expected = await runOnnx(file, rows, models[0]!.inputNames.length, "float32");
    expect(answers.map(([name]) => name)).toEqual(["outputs", "outputs_std"]);
    for (const [name, values] of answers) expectNear(values, expected[name]!, name);
  });
});
