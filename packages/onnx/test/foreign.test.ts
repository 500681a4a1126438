import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { randomStream, StiffnetError } from "@stiffnet/base";
import { predict } from "@stiffnet/core";
import { largestSingularValue, measure, spectralRadius } from "@stiffnet/stiffness";
import { describe, expect, it } from "vitest";
import { rawBytes, realValues } from "../src/graph.ts";
import { encodeOnnx, importOnnx, verifyOnnx } from "../src/index.ts";
import { attributeTypes, decodeModel, encodeModel, type OnnxAttribute } from "../src/proto.ts";
import { modelOf } from "./models.ts";
import answers from "./reference/foreign.json" with { type: "json" };

const folder = fileURLToPath(new URL("./reference/foreign/", import.meta.url));
const fileOf = (name: string): string => `${folder}${name}.onnx`;

it("has an answer for every network that can be read", () => {
  const files = readdirSync(folder).filter((name) => !name.startsWith("unreadable"));
  expect(files.map((name) => name.replace(".onnx", "")).sort()).toEqual(Object.keys(answers).sort());
});

describe.each(Object.entries(answers))("%s", (name, { x, y }) => {
  it("answers as onnxruntime does", async () => {
    const [model] = await importOnnx(fileOf(name));
    const found = predict(model!, Float64Array.from(x));
    const largest = Math.max(...y.map(Math.abs));
    // float32 in both, added up in other orders.
    y.forEach((value, k) => {
      expect(Math.abs(found[k]! - value)).toBeLessThan(2e-6 * largest);
    });
  });
  it("is measured, and exported to a file that onnxruntime agrees with", async () => {
    const [model] = await importOnnx(fileOf(name));
    const samples = { count: 5, inputs: Float64Array.from(x), outputs: Float64Array.from(y) };
    for (const proxy of [spectralRadius(), largestSingularValue()]) {
      expect(measure(model!, samples, proxy).median).toBeGreaterThan(0);
    }
    const bytes = encodeOnnx(model!);
    expect((await verifyOnnx(bytes, [model!])).matches).toBe(true);
    expect(await importOnnx(bytes)).toEqual([model]);
  });
});

it.each([
  ["torch-residual", { skip: undefined, lift: "tanh", depth: 4, width: 6, horizon: 1 }],
  ["torch-residual-linear-lift", { lift: "identity", depth: 4, width: 6, horizon: 4 }],
  ["torch-tanh", { skip: false, lift: "identity", depth: 3, width: 8 }],
  ["torch-wide-input", { skip: false, depth: 2, width: 3, activation: "tanh" }],
  ["sklearn-logistic", { skip: false, depth: 2, width: 10, activation: "tanh" }],
])("%s has the configuration that was trained", async (name, expected) => {
  const [model] = await importOnnx(fileOf(name));
  expect(model!.config).toMatchObject(
    Object.fromEntries(Object.entries(expected).filter(([, v]) => v !== undefined)),
  );
});

it.each([
  ["unreadable-leaky", /LeakyRelu/],
  ["unreadable-dynamo-leaky", /'node_leaky_relu' \(LeakyRelu\)/],
  ["unreadable-softmax", /Softmax/],
  ["unreadable-dynamo-softmax", /'node_softmax' \(Softmax\)/],
  ["unreadable-trees", /TreeEnsembleRegressor/],
])("%s is refused with the node's name", async (name, node) => {
  await expect(importOnnx(fileOf(name))).rejects.toMatchObject({
    code: "unsupported_node",
    message: expect.stringMatching(node),
  });
});

it("refuses a threshold below which softplus is not yet the identity, with the node's name", async () => {
  const model = decodeModel(new Uint8Array(readFileSync(fileOf("dynamo-softplus"))), "");
  const bound = model.graph.initializer.find((tensor) => realValues(tensor)[0] === 20)!;
  bound.rawData = rawBytes([2], "float32");
  await expect(importOnnx(encodeModel(model))).rejects.toThrow(
    /node 4 'n10' \(Where\): it is not a softplus with a threshold/,
  );
});

it.each([
  [{ dataLocation: 1, rawData: new Uint8Array() }, /'0\.weight' is in another file, expected all numbers/],
  [{ dataType: 10, rawData: new Uint8Array(48) }, /'0\.weight' has data type 10 of ONNX, expected float32/],
  [{ dataType: 6 }, /'0\.weight' has data type 6 of ONNX/],
  [{ rawData: new Uint8Array(92) }, /'0\.weight' holds 23 numbers, expected 24 \(8 x 3\)/],
])("refuses a tensor that it cannot read: %o", async (change, message) => {
  const model = decodeModel(new Uint8Array(readFileSync(fileOf("torch-tanh"))), "");
  Object.assign(model.graph.initializer[0]!, change);
  await expect(importOnnx(encodeModel(model))).rejects.toMatchObject({
    code: "unsupported",
    message: expect.stringMatching(message),
  });
  const [tensor] = model.graph.initializer.splice(0, 1);
  const attribute = [{ name: "value", type: 4, t: tensor! }];
  model.graph.node.unshift({ input: [], output: [tensor!.name], name: "w", opType: "Constant", attribute });
  await expect(importOnnx(encodeModel(model))).rejects.toThrow(message);
});

describe("attributes of nodes", () => {
  const graphOf = (name: string) => {
    const model = decodeModel(new Uint8Array(readFileSync(fileOf(name))), "");
    return { model, find: (opType: string) => model.graph.node.find((node) => node.opType === opType)! };
  };
  const answer = async (model: ReturnType<typeof decodeModel>) => {
    const [read] = await importOnnx(encodeModel(model));
    return predict(read!, Float64Array.from(answers["torch-tanh"].x));
  };

  it("a factor of 0 leaves the bias out", async () => {
    const [scaled, zeros] = [graphOf("torch-tanh"), graphOf("torch-tanh")];
    const gemm = scaled.find("Gemm");
    const others = gemm.attribute.filter(({ name }) => name !== "beta");
    gemm.attribute = [...others, { name: "beta", type: attributeTypes.float, f: 0 }];
    const bias = zeros.model.graph.initializer.find(({ name }) => name === zeros.find("Gemm").input[2])!;
    bias.rawData = bias.rawData.map(() => 0);
    expect(await answer(scaled.model)).toEqual(await answer(zeros.model));
  });

  it("a transposition that keeps the axes changes nothing", async () => {
    const { model, find } = graphOf("torch-tanh");
    const gemm = find("Gemm");
    const perm = { name: "perm", type: attributeTypes.ints, ints: [0, 1] };
    const input = [gemm.input[1]!];
    model.graph.node.unshift({ input, output: ["same"], name: "", opType: "Transpose", attribute: [perm] });
    const before = await answer(graphOf("torch-tanh").model);
    gemm.input[1] = "same";
    expect(await answer(model)).toEqual(before);
  });

  it("a conversion to whole numbers is refused", async () => {
    const { model, find } = graphOf("torch-tanh");
    const tanh = find("Tanh");
    Object.assign(tanh, { opType: "Cast", attribute: [{ name: "to", type: attributeTypes.int, i: 7 }] });
    await expect(answer(model)).rejects.toThrow(/\(Cast\): it rounds its input/);
  });

  it("a conversion of a constant to whole numbers is refused", async () => {
    const { model, find } = graphOf("torch-tanh");
    const gemm = find("Gemm");
    const to = { name: "to", type: attributeTypes.int, i: 7 };
    const input = [gemm.input[2]!];
    model.graph.node.unshift({ input, output: ["whole"], name: "", opType: "Cast", attribute: [to] });
    gemm.input[2] = "whole";
    await expect(answer(model)).rejects.toThrow(/\(Cast\): it rounds its input/);
    to.i = 11;
    expect(await answer(model)).toEqual(await answer(graphOf("torch-tanh").model));
  });

  it("only an axis that keeps the rows is taken for a flattening of each", async () => {
    const { model, find } = graphOf("torch-tanh");
    const gemm = find("Gemm");
    const axis: OnnxAttribute = { name: "axis", type: attributeTypes.int, i: 1 };
    const input = [gemm.input[0]!];
    model.graph.node.unshift({ input, output: ["flat"], name: "", opType: "Flatten", attribute: [axis] });
    gemm.input[0] = "flat";
    const before = await answer(graphOf("torch-tanh").model);
    expect(await answer(model)).toEqual(before);
    for (const i of [0, 2]) {
      Object.assign(axis, { i });
      await expect(answer(model)).rejects.toThrow(/\(Flatten\): it makes one row of all/);
    }
  });

  it("gelu by tanh is refused", async () => {
    const { model, find } = graphOf("torch-tanh");
    const s = new TextEncoder().encode("tanh");
    Object.assign(find("Tanh"), { opType: "Gelu", attribute: [{ name: "approximate", type: 3, s }] });
    await expect(answer(model)).rejects.toThrow(/\(Gelu\): it is the approximation 'tanh'/);
  });

  it("a bias of another length is refused", async () => {
    const { model, find } = graphOf("torch-tanh");
    const bias = model.graph.initializer.find(({ name }) => name === find("Gemm").input[2])!;
    bias.rawData = bias.rawData.slice(0, 12);
    bias.dims = [3, 1];
    await expect(answer(model)).rejects.toThrow(/\(Gemm\): b has 3 numbers for 8 columns/);
  });
});

it.each(["exported", "torch-residual", "sklearn-pipeline"])(
  "%s: a file with a flipped bit is a model or an OnnxError",
  async (name) => {
    const own = encodeOnnx(modelOf({ inputs: 3, outputs: 2, width: 4, depth: 2 }));
    const file = name === "exported" ? own : new Uint8Array(readFileSync(fileOf(name)));
    const random = randomStream(9, 0);
    for (let k = 0; k < 3000; k++) {
      const bytes = file.slice();
      bytes[Math.floor(random.uniform() * bytes.length)]! ^= 1 << Math.floor(random.uniform() * 8);
      const error = await importOnnx(bytes).then(
        () => undefined,
        (caught: unknown) => caught,
      );
      if (error !== undefined) expect(error).toBeInstanceOf(StiffnetError);
    }
  },
);
