import { resnet } from "@stiffnet/core";
import { describe, expect, it, vi } from "vitest";
import { needs, programOf } from "../../../scripts/needs.ts";
import { missingPackages, startTensorFlow, tfjsBackends, tfjsEngine } from "../src/index.ts";
import { startFrom } from "../src/tensorflow.ts";

const absent = (name: string) =>
  Object.assign(new Error(`Cannot find package '${name}' imported from /somewhere/else.js`), {
    code: "ERR_MODULE_NOT_FOUND",
  });
/** Imports all but these packages. */
const without =
  (...names: string[]) =>
  async (name: string) => {
    if (names.includes(name)) throw absent(name);
    return import(name);
  };

describe("the backend", () => {
  it("is the first that starts, and it says why others were skipped", async () => {
    const tried: string[] = [];
    const load = (name: string) => {
      tried.push(name);
      return without("@tensorflow/tfjs-node")(name);
    };
    const { backend, skipped, version, tf } = await startFrom(load);
    expect(tfjsBackends).toEqual(["tensorflow", "wasm", "cpu"]);
    expect(tried).toEqual(["@tensorflow/tfjs-node", "@tensorflow/tfjs", "@tensorflow/tfjs-backend-wasm"]);
    expect(backend).toBe("wasm");
    expect(tf.getBackend()).toBe("wasm");
    expect(version).toMatch(/^4\.\d+\.\d+$/);
    expect(skipped).toEqual([{ backend: "tensorflow", reason: "@tensorflow/tfjs-node is not installed" }]);
  });

  it("is plain JavaScript where only that is installed, without an advertisement", async () => {
    const warn = vi.spyOn(console, "warn");
    const { backend, skipped } = await startFrom(
      without("@tensorflow/tfjs-node", "@tensorflow/tfjs-backend-wasm"),
    );
    expect(backend).toBe("cpu");
    expect(skipped.map(({ reason }) => reason)).toEqual([
      "@tensorflow/tfjs-node is not installed",
      "@tensorflow/tfjs-backend-wasm is not installed",
    ]);
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  it("is the native library where that works", async () => {
    const tf = await import("@tensorflow/tfjs");
    const chosen: string[] = [];
    // The library cannot be had everywhere: plain JavaScript under its name.
    const { default: cpu } = {
      default: { ...tf, setBackend: async (name: string) => chosen.push(name) > 0 },
    };
    const { backend, skipped } = await startFrom(async () => ({ default: cpu }));
    expect([backend, skipped, chosen]).toEqual(["tensorflow", [], ["tensorflow"]]);
  });

  it("is skipped where it loads but does not compute, in one line without paths", async () => {
    const tf = await import("@tensorflow/tfjs");
    const broken = async (name: string) => {
      if (name === "@tensorflow/tfjs-node") {
        const matMul = () => {
          throw new TypeError("(0 , util_1.isNullOrUndefined) is not a function");
        };
        return { default: { ...tf, matMul, setBackend: async () => true } };
      }
      throw new Error(
        "The Node.js native addon module (tfjs_binding.node) can not be found at path: /home/x.node. \nPlease run command",
      );
    };
    await expect(startFrom(broken)).rejects.toThrow(
      /^tfjs: TensorFlow.js did not start \(tensorflow: \(0 , util_1.isNullOrUndefined\) is not a function; wasm: The Node.js native addon module \(tfjs_binding.node\) can not be found; cpu: The Node.js native addon module \(tfjs_binding.node\) can not be found\); npm install @tensorflow\/tfjs @tensorflow\/tfjs-backend-wasm$/,
    );
  });
});

it("says in one line what to install where there is none", async () => {
  const load = without("@tensorflow/tfjs-node", "@tensorflow/tfjs", "@tensorflow/tfjs-backend-wasm");
  const error = await startFrom(load).catch((e) => e);
  expect(error.code).toBe("tensorflow_missing");
  expect(error.message).toBe(
    "tfjs: TensorFlow.js did not start (tensorflow: @tensorflow/tfjs-node is not installed; wasm: @tensorflow/tfjs is not installed; cpu: @tensorflow/tfjs is not installed); npm install @tensorflow/tfjs @tensorflow/tfjs-backend-wasm",
  );
  await expect(startFrom(load, { backend: "tensorflow" })).rejects.toThrow(
    "tfjs: TensorFlow.js did not start (tensorflow: @tensorflow/tfjs-node is not installed); npm install @tensorflow/tfjs-node",
  );
});

it("names the packages of a backend that are missing", () => {
  const native = programOf("tensorflow") ? [] : ["@tensorflow/tfjs-node"];
  expect(tfjsBackends.map(missingPackages)).toEqual([native, [], []]);
});

it(
  "starts the native library first, also where Node has lost what it calls",
  needs("tensorflow"),
  async () => {
    const { backend, skipped, tf } = await startTensorFlow();
    expect([backend, skipped]).toEqual(["tensorflow", []]);
    // topk calls util.isNullOrUndefined, which Node 23 took away.
    const { values } = tf.tidy(() => tf.topk([1, 3, 2], 2));
    expect([...values.dataSync()]).toEqual([3, 2]);
  },
);

it("refuses backends and threads that cannot be", async () => {
  await expect(startTensorFlow({ backend: "webgl" as never })).rejects.toThrow(
    "tfjs: backend is 'webgl', expected one of tensorflow, wasm, cpu",
  );
  expect(() => tfjsEngine({ threads: 0 })).toThrow(
    "tfjs: threads is 0, expected a whole number of at least 1",
  );
});

it("runs engines of different backends side by side, each on its own", async () => {
  const { config, parameters } = resnet({ inputs: 1, outputs: 1, width: 4, depth: 2, seed: 2 });
  const engines = [
    await tfjsEngine({ backend: "wasm" })(config),
    await tfjsEngine({ backend: "cpu" })(config),
  ];
  const { tf } = await startTensorFlow({ backend: "cpu" });
  const seen = engines.map((engine) => {
    engine.write({ parameters });
    const table = engine.table([0.1, 0.2], [1, 2]);
    const order = new Uint32Array(2);
    order[1] = 1;
    const { loss } = engine.lossAndGradient(table, order, 0, 2);
    engine.step(1, { rate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
    return { backend: tf.getBackend(), name: engine.name, loss };
  });
  expect(seen.map(({ backend, name }) => [backend, name])).toEqual([
    ["wasm", "tfjs (wasm backend)"],
    ["cpu", "tfjs (cpu backend)"],
  ]);
  expect(Math.abs(seen[0]!.loss / seen[1]!.loss - 1)).toBeLessThan(1e-6);
  for (const engine of engines) engine.dispose();
});

it("refuses rows that do not fit", async () => {
  const engine = await tfjsEngine()(resnet({ inputs: 2, outputs: 1, width: 3, depth: 1 }).config);
  expect(() => engine.table([1, 2, 3])).toThrow("tfjs: 3 input values are not rows of 2 inputs");
  expect(() => engine.table([1, 2], [1, 2])).toThrow("tfjs: 2 output values, expected 1 rows of 1 outputs");
  engine.dispose();
});

it("refuses threads of the training, and rows that a table does not have", async () => {
  const { config } = resnet({ inputs: 2, outputs: 1, width: 3, depth: 1 });
  await expect(tfjsEngine()(config, { threads: 2 })).rejects.toThrow(
    "tfjs: threads is 2 in the training, expected it in tfjsEngine({ threads })",
  );
  const engine = await tfjsEngine()(config);
  const table = engine.table([1, 2, 3, 4], [1, 2]);
  for (const row of [2, 2 ** 31]) {
    expect(() => engine.lossAndGradient(table, Uint32Array.of(0, row), 0, 2)).toThrow(
      `tfjs: order[1] is row ${row}, expected 0 to 1: the table has 2 rows`,
    );
  }
  const plain = engine.table([1, 2]);
  expect(() => engine.lossAndGradient(plain, Uint32Array.of(0), 0, 1)).toThrow("the table has no outputs");
  expect(() => engine.write({ parameters: new Float32Array(2) })).toThrow("tfjs: 2 values in parameters");
  engine.dispose();
});
