import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createServer } from "../src/index.ts";
import { predictions } from "./expected.ts";
import { surrogate, writeEnsemble, writeModel } from "./service.ts";

let server: FastifyInstance;
beforeAll(async () => {
  server = await createServer([await writeModel("single.onnx"), await writeEnsemble("several.onnx")], {
    workers: 2,
    log: "silent",
  });
});
afterAll(() => server.close());

const post = async (url: string, body: unknown, headers: Record<string, string> = {}) => {
  const payload =
    typeof body === "string" || body instanceof Uint8Array ? Buffer.from(body) : JSON.stringify(body);
  const reply = await server.inject({
    method: "POST",
    url,
    payload,
    headers: { "content-type": "application/json", ...headers },
  });
  return { status: reply.statusCode, body: reply.json() };
};
const get = async (url: string) => {
  const reply = await server.inject({ url });
  return { status: reply.statusCode, body: reply.json() };
};
const tensor = (extra = {}) => ({
  name: "inputs",
  datatype: "FP32",
  shape: [1, 3],
  data: [800, 2, 1.5],
  ...extra,
});
const infer = "/v2/models/single/infer";

describe("metadata", () => {
  test("server, health and models", async () => {
    expect(await get("/v2")).toMatchObject({ status: 200, body: { name: "stiffnet-serve" } });
    expect(await get("/v2/health/live")).toEqual({ status: 200, body: { live: true } });
    expect(await get("/v2/health/ready")).toEqual({ status: 200, body: { ready: true } });
    expect(await get("/v2/models/single/ready")).toEqual({
      status: 200,
      body: { name: "single", ready: true },
    });
    expect(await get("/v2/models/single/versions/1")).toEqual(await get("/v2/models/single"));
    expect((await get("/v2/models/several")).body).toEqual({
      name: "several",
      versions: ["1"],
      platform: "onnx_onnxv1",
      inputs: [{ name: "inputs", datatype: "FP32", shape: [-1, 3] }],
      outputs: [
        { name: "outputs", datatype: "FP32", shape: [-1, 2] },
        { name: "outputs_std", datatype: "FP32", shape: [-1, 2] },
        { name: "outputs_members", datatype: "FP32", shape: [3, -1, 2] },
        { name: "jacobian", datatype: "FP32", shape: [-1, 2, 3] },
      ],
    });
  });

  test.each(["/v2/models/none", "/v2/models/single/versions/2", "/v2/models/constructor", "/nothing"])(
    "%s is 404 with a text",
    async (url) => {
      expect(await get(url)).toMatchObject({ status: 404, body: { error: expect.any(String) } });
    },
  );
});

describe("inference", () => {
  const rows = [700, 1, 1.2, 900, 3, 1.9];
  const expected = predictions(surrogate(), rows);

  test.each([
    ["flat", rows],
    ["nested", [rows.slice(0, 3), rows.slice(3)]],
  ])("%s data gives the model's numbers, and the id", async (_, data) => {
    const { status, body } = await post(infer, { id: "q1", inputs: [tensor({ shape: [2, 3], data })] });
    expect(status).toBe(200);
    expect(body).toMatchObject({ model_name: "single", model_version: "1", id: "q1" });
    expect(body.outputs).toHaveLength(1);
    expect(body.outputs[0]).toMatchObject({ name: "outputs", datatype: "FP32", shape: [2, 2] });
    // float32 against float64: a few roundings of each layer.
    expected.forEach((value, k) => {
      expect(Math.abs(body.outputs[0].data[k] / value - 1)).toBeLessThan(1e-5);
    });
  });

  test("name and version may be repeated in the body", async () => {
    const named = { model_name: "single", model_version: null, inputs: [tensor()] };
    expect((await post(infer, named)).status).toBe(200);
  });

  test("requests that run together get their own rows, of the members too", async () => {
    const points = Array.from({ length: 40 }, (_, k) => [600 + 10 * k, 1 + k / 20, 1.5]);
    const names = ["outputs_members", "outputs"];
    const replies = await Promise.all(
      points.map((data) =>
        post("/v2/models/several/infer", {
          inputs: [tensor({ data })],
          outputs: names.map((name) => ({ name })),
        }),
      ),
    );
    for (const [k, { body }] of replies.entries()) {
      expect(body.outputs.map(({ name, shape }: { name: string; shape: number[] }) => [name, shape])).toEqual(
        [
          ["outputs_members", [3, 1, 2]],
          ["outputs", [1, 2]],
        ],
      );
      const members = [0, 1, 2].flatMap((trial) => predictions(surrogate(trial), points[k]!));
      members.forEach((value, i) => {
        expect(Math.abs(body.outputs[0].data[i] / value - 1)).toBeLessThan(1e-4);
      });
    }
  });
});

test("a float64 model is asked in FP64 and answers with all its digits", async () => {
  const double = await createServer([await writeModel("double.onnx", surrogate(), { dtype: "float64" })], {
    workers: 1,
    log: "silent",
    watch: 0,
  });
  const send = async (datatype: string, data: number[]) => {
    const payload = JSON.stringify({ inputs: [{ name: "inputs", datatype, shape: [1, 3], data }] });
    const reply = await double.inject({ method: "POST", url: "/v2/models/double/infer", payload });
    return reply.json();
  };
  const data = [700.123456789, 1.1, 1.2];
  const { outputs } = await send("FP64", data);
  for (const [k, value] of predictions(surrogate(), data).entries()) {
    expect(Math.abs(outputs[0].data[k] / value - 1)).toBeLessThan(1e-13);
  }
  expect((await send("FP32", data)).error).toContain('expected "FP64"');
  expect((await send("FP64", [1e39, 1, 1])).outputs[0].data.every(Number.isFinite)).toBe(true);
  await double.close();
});

describe("a wrong request is 400 and says where", () => {
  const cases: [string, unknown, string][] = [
    ["no inputs", {}, 'inputs is missing, expected an array with the one tensor "inputs"'],
    [
      "two inputs",
      { inputs: [tensor(), tensor()] },
      "inputs is an array of 2, expected an array with the one tensor",
    ],
    [
      "another name",
      { inputs: [tensor({ name: "x" })] },
      'inputs[0].name is the text "x", expected "inputs"',
    ],
    [
      "another type",
      { inputs: [tensor({ datatype: "FP64" })] },
      'datatype is the text "FP64", expected "FP32"',
    ],
    ["another width", { inputs: [tensor({ shape: [1, 2] })] }, "shape is [1,2], expected [rows, 3]"],
    ["no rows", { inputs: [tensor({ shape: [0, 3], data: [] })] }, "shape is [0,3], expected [rows, 3]"],
    [
      "half a row",
      { inputs: [tensor({ shape: [1.5, 3] })] },
      "inputs[0].shape[0] is 1.5, expected a whole number",
    ],
    ["a shape that is a text", { inputs: [tensor({ shape: "1,3" })] }, 'shape is the text "1,3"'],
    [
      "too few numbers",
      { inputs: [tensor({ data: [1, 2] })] },
      "data has 2 numbers, expected 3 (shape [1, 3])",
    ],
    [
      "ragged rows",
      {
        inputs: [
          tensor({
            shape: [2, 3],
            data: [
              [1, 2, 3],
              [1, 2],
            ],
          }),
        ],
      },
      "data[1] has 2 numbers, expected 3",
    ],
    ["null", { inputs: [tensor({ data: [1, null, 3] })] }, "inputs[0].data[1] is null, expected a number"],
    ["a text", { inputs: [tensor({ data: [1, "2", 3] })] }, 'data[1] is the text "2", expected a number'],
    ["true", { inputs: [tensor({ data: [1, 2, true] })] }, "data[2] is true, expected a number"],
    [
      "an array for a number",
      { inputs: [tensor({ data: [1, [], 3] })] },
      "data[1] is an array, expected a number",
    ],
    ["1e39", { inputs: [tensor({ data: [1e39, 2, 3] })] }, "data[0] is 1e+39, which FP32 cannot hold"],
    [
      "an unknown output",
      { inputs: [tensor()], outputs: [{ name: "y" }] },
      'outputs[0].name is the text "y", expected "outputs"',
    ],
    [
      "an output twice",
      { inputs: [tensor()], outputs: [{ name: "outputs" }, { name: "outputs" }] },
      "which outputs has already",
    ],
    ["another name", { model_name: "b", inputs: [tensor()] }, 'is the text "b", expected "single" as in'],
    ["another version", { model_version: "2", inputs: [tensor()] }, 'is the text "2", expected "1" as in'],
    ["a misspelt field", { inputs: [tensor()], ouputs: [] }, 'unknown field "ouputs"'],
    [
      "classification",
      { inputs: [tensor()], outputs: [{ name: "outputs", parameters: { classification: 2 } }] },
      "classification is not supported",
    ],
    ["an id that is a number", { id: 3, inputs: [tensor()] }, "id is 3, expected a text"],
    ["an array", [], "the body is an array, expected an object"],
    ["nothing", "", "the body is empty"],
    ["no JSON", "{", "the body is not JSON"],
    [
      "NaN",
      '{"inputs":[{"name":"inputs","datatype":"FP32","shape":[1,3],"data":[NaN,1,2]}]}',
      "JSON has no NaN",
    ],
    [
      "1e400",
      '{"inputs":[{"name":"inputs","datatype":"FP32","shape":[1,3],"data":[1e400,1,2]}]}',
      "data[0] is a number too large",
    ],
    ["a repeated key", '{"id":"a","id":"b"}', "has the same key twice"],
    ["bytes that are not UTF-8", Uint8Array.from([0x7b, 0xff, 0x7d]), "not UTF-8"],
    ["deep nesting", `${"[".repeat(200_000)}${"]".repeat(200_000)}`, "nested more than 64 deep"],
    [
      "a deep shape",
      `{"inputs":[{"name":"inputs","datatype":"FP32","shape":${"[".repeat(5000)}${"]".repeat(5000)}}]}`,
      "nested more than 64 deep",
    ],
    [
      "a shape in a shape",
      { inputs: [tensor({ shape: [[[[1]]]] })] },
      "inputs[0].shape[0] is an array, expected a whole number",
    ],
    [
      "a prototype key",
      JSON.stringify({ inputs: [tensor()] }).replace("{", '{"__proto__":{"id":"a"},'),
      'unknown field "__proto__"',
    ],
  ];
  test.each(cases)("%s", async (_, body, text) => {
    const reply = await post(infer, body);
    expect(reply).toEqual({ status: 400, body: { error: expect.stringContaining(text) } });
    expect(reply.body.error).not.toContain("\n");
  });

  test("another content type is 415", async () => {
    expect(await post(infer, "a=1", { "content-type": "application/x-www-form-urlencoded" })).toEqual({
      status: 415,
      body: { error: expect.stringContaining("expected application/json") },
    });
  });
});

describe("predict", () => {
  const inputs = { rainfall: 700, "soil depth": 1, Q10: 1.2 };

  test("named inputs in, named outputs with units and spread out", async () => {
    const { status, body } = await post("/predict", { model: "several", inputs });
    expect(status).toBe(200);
    expect(body).toMatchObject({ model: "several", warnings: [], units: { GPP: "kg/m2/s", NEE: "g/m2/d" } });
    const members = [0, 1, 2].map((trial) => predictions(surrogate(trial), [700, 1, 1.2]));
    const mean = members.reduce((sum, y) => sum + y[0]!, 0) / 3;
    const std = Math.sqrt(members.reduce((sum, y) => sum + (y[0]! - mean) ** 2, 0) / 2);
    expect(body.outputs.GPP / mean).toBeCloseTo(1, 5);
    expect(body.std.GPP / std).toBeCloseTo(1, 4);
    expect(Object.keys(body.sensitivities.NEE)).toEqual(["rainfall", "soil depth", "Q10"]);
  });

  test("an input outside the training range is a warning", async () => {
    const { body } = await post("/predict", { model: "single", inputs: { ...inputs, rainfall: 1300 } });
    expect(body.warnings).toEqual([
      "rainfall is 1300, outside the training range of 400 to 1200 mm/yr: the answer is an extrapolation",
    ]);
  });

  test.each([
    [{ inputs }, 400, 'model is missing, expected one of "several", "single"'],
    [{ model: "other", inputs }, 404, 'there is no model "other"'],
    [{ model: "single", inputs: { ...inputs, Q10: "1.2" } }, 400, 'inputs.Q10 is the text "1.2"'],
    [{ model: "single", inputs: { rainfall: 1, Q10: 1 } }, 400, 'inputs["soil depth"] is missing'],
    [{ model: "single", inputs: { ...inputs, rain: 1 } }, 400, 'unknown field "rain"'],
    [{ model: "single", inputs: { ...inputs, Q10: 1e39 } }, 400, "FP32 cannot hold"],
  ])("%j is %i", async (body, status, text) => {
    expect(await post("/predict", body)).toEqual({ status, body: { error: expect.stringContaining(text) } });
  });
});
