import { copyFileSync, mkdirSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { deflateSync, gunzipSync, gzipSync, inflateSync } from "node:zlib";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createServer } from "../src/index.ts";
import { readVersionPolicy } from "../src/models/version-policy.ts";
import { predictions } from "./expected.ts";
import { folder, surrogate, writeModel } from "./service.ts";

let server: FastifyInstance;
let path = "";
beforeAll(async () => {
  path = await writeModel("triton.onnx");
  server = await createServer([path], { workers: 1, log: "silent", watch: 0, maxBody: 2 ** 20 });
});
afterAll(() => server.close());

const point = [700, 1, 1.2];
const infer = "/v2/models/triton/infer";
const body = (extra: object = {}, input: object = {}) => ({
  inputs: [{ name: "inputs", datatype: "FP32", shape: [1, 3], data: point, ...input }],
  ...extra,
});
const post = (url: string, payload: object | Buffer, headers: Record<string, string> = {}) =>
  server.inject({ method: "POST", url, payload, headers });
const expectAnswer = (values: ArrayLike<number>) => {
  for (const [k, value] of predictions(surrogate(), point).entries())
    expect(values[k]! / value).toBeCloseTo(1, 5);
};

describe("what cannot be done is refused", () => {
  test.each([
    ["shared memory for an input", infer, body({}, { parameters: { shared_memory_region: "a" } })],
    [
      "shared memory for an output",
      infer,
      body({ outputs: [{ name: "outputs", parameters: { shared_memory_region: "a" } }] }),
    ],
    ["a configuration to load", "/v2/repository/models/triton/load", { parameters: { config: "{}" } }],
    ["a file to load", "/v2/repository/models/triton/load", { parameters: { "file:1/model.onnx": "AA==" } }],
  ])("%s", async (_, url, payload) => {
    const reply = await post(url, payload);
    expect([reply.statusCode, reply.json().error]).toEqual([
      400,
      expect.stringContaining("is not supported"),
    ]);
  });
});

describe("as in the protocol", () => {
  test.each([
    ["a timeout of 0 is none", { parameters: { timeout: 0 } }],
    ["an empty list of outputs is all", { outputs: [] }],
  ])("%s", async (_, extra) => {
    const reply = await post(infer, body(extra));
    expect(reply.statusCode).toBe(200);
    expectAnswer(reply.json().outputs[0].data);
    expect(reply.headers).toMatchObject({ "model-name": "triton", "model-version": "1" });
  });

  test("a raw binary request is the bytes of the input, and is answered with bytes", async () => {
    const bytes = Buffer.from(Float32Array.from([...point, ...point]).buffer);
    const reply = await post(infer, bytes, { "inference-header-content-length": "0" });
    const length = Number(reply.headers["inference-header-content-length"]);
    expect(JSON.parse(reply.rawPayload.subarray(0, length).toString()).outputs[0].shape).toEqual([2, 2]);
    expectAnswer(new Float32Array(Uint8Array.from(reply.rawPayload.subarray(length)).buffer));
    const odd = await post(infer, bytes.subarray(0, 20), { "inference-header-content-length": "0" });
    expect([odd.statusCode, odd.json().error]).toEqual([400, expect.stringContaining("rows of 3 numbers")]);
  });
});

describe("compressed bodies", () => {
  const text = Buffer.from(JSON.stringify(body()));
  test.each([
    ["gzip", gzipSync(text)],
    ["deflate", deflateSync(text)],
  ])("%s", async (encoding, payload) => {
    const reply = await post(infer, payload, { "content-encoding": encoding });
    expect(reply.statusCode).toBe(200);
    expectAnswer(reply.json().outputs[0].data);
  });

  test("are limited by what they hold", async () => {
    const reply = await post(infer, gzipSync(Buffer.alloc(2 ** 24, " ")), { "content-encoding": "gzip" });
    expect(reply.statusCode).toBe(413);
  });

  test("that are none are 400, of another kind 415", async () => {
    expect((await post(infer, text, { "content-encoding": "gzip" })).statusCode).toBe(400);
    expect(
      (await post(infer, gzipSync(text).subarray(0, 30), { "content-encoding": "gzip" })).statusCode,
    ).toBe(400);
    expect((await post(infer, text, { "content-encoding": "br" })).statusCode).toBe(415);
  });
});

test("statistics of all models are those of each", async () => {
  await post(infer, body());
  const all = (await server.inject({ url: "/v2/models/stats" })).json().model_stats;
  expect(all).toEqual((await server.inject({ url: "/v2/models/triton/stats" })).json().model_stats);
  expect(all).toMatchObject([
    { name: "triton", version: "1", inference_stats: { queue: { count: expect.any(Number) } } },
  ]);
});

test("the histogram of queue times has every request, by model", async () => {
  const count = async () => {
    const { body: metrics } = await server.inject({ url: "/metrics" });
    const line = (name: string) =>
      Number(new RegExp(`^stiffnet_model_queue_seconds_${name} (.*)$`, "m").exec(metrics)?.[1] ?? 0);
    const labels = 'model="triton",version="1"';
    return {
      count: line(`count\\{${labels}\\}`),
      sum: line(`sum\\{${labels}\\}`),
      all: line(`bucket\\{le="\\+Inf",${labels}\\}`),
    };
  };
  const before = await count();
  await Promise.all(Array.from({ length: 5 }, () => post(infer, body())));
  const after = await count();
  expect(after.count - before.count).toBe(5);
  expect(after.all).toBe(after.count);
  expect(after.sum).toBeGreaterThan(before.sum);
});

describe("compressed answers", () => {
  const rows = 2000;
  const many = () => post(infer, body({}, { shape: [rows, 3], data: Array(rows).fill(point).flat() }));
  const asked = (accept: string, payload: object, more: object = {}) =>
    post(infer, payload, { "accept-encoding": accept, ...more });
  const long = body({}, { shape: [rows, 3], data: Array(rows).fill(point).flat() });

  test.each([
    ["gzip", gunzipSync],
    ["deflate", inflateSync],
  ] as const)("a long one is sent as %s to whoever asks", async (encoding, read) => {
    const reply = await asked(`br;q=1.0, ${encoding};q=0.5`, long);
    expect(reply.headers).toMatchObject({ "content-encoding": encoding, vary: "accept-encoding" });
    expect(reply.rawPayload.length).toBeLessThan((await many()).rawPayload.length / 2);
    expect(read(reply.rawPayload).toString()).toBe((await many()).body);
  });

  test.each([
    ["one that is short", "gzip", body(), {}],
    ["one for a client that does not ask", "identity", long, {}],
    ["one for a client that refuses", "gzip;q=0", long, {}],
    ["one of bytes", "gzip", { ...long, parameters: { binary_data_output: true } }, {}],
  ])("%s is not", async (_, accept, payload, more) => {
    const reply = await asked(accept, payload, more);
    expect(reply.statusCode).toBe(200);
    expect(reply.headers).not.toHaveProperty("content-encoding");
  });

  test("the memory for it counts; where there is none left the answer comes as it is", async () => {
    const headers = { "accept-encoding": "gzip" };
    for (const [maxMemory, encoding] of [[2 ** 20], [2 ** 26, "gzip"]] as const) {
      const other = await createServer([path], { workers: 1, log: "silent", watch: 0, maxMemory });
      const { budget } = other.stiffnet;
      const ask = { method: "POST", url: infer, payload: long } as const;
      await other.inject(ask);
      const before = budget.highest;
      const reply = await other.inject({ ...ask, headers });
      expect([reply.statusCode, reply.headers["content-encoding"]]).toEqual([200, encoding]);
      expect(budget.highest - before).toBe(encoding ? 320 * 1024 : 0);
      expect([budget.refused, budget.held]).toEqual([0, 0]);
      await other.close();
    }
  });
});

test("configuration and statistics", async () => {
  const before = (await server.inject({ url: "/v2/models/triton/stats" })).json().model_stats[0];
  await post(infer, body());
  await post("/predict", { inputs: { rainfall: 700, "soil depth": 1, Q10: 1.2 } });
  const { model_stats } = (await server.inject({ url: "/v2/models/triton/versions/1/stats" })).json();
  const [after] = model_stats;
  expect(after.inference_count - before.inference_count).toBe(2);
  expect(after.execution_count - before.execution_count).toBe(2);
  expect(after.inference_stats.success.count - before.inference_stats.success.count).toBe(2);
  expect(after.inference_stats.compute_infer.ns).toBeGreaterThan(0);
  const config = (await server.inject({ url: "/v2/models/triton/config" })).json();
  expect(config).toMatchObject({
    name: "triton",
    platform: "onnxruntime_onnx",
    input: [{ name: "inputs", data_type: "TYPE_FP32", dims: [-1, 3] }],
    output: [{ name: "outputs", dims: [-1, 2] }],
  });
  const { body: metrics } = await server.inject({ url: "/metrics" });
  const labels = '{model="triton",version="1"}';
  for (const name of [
    "requests_total",
    "compute_seconds_total",
    "queue_seconds_total",
    "request_seconds_count",
  ]) {
    expect(metrics).toMatch(new RegExp(`^stiffnet_model_${name}\\${labels} [0-9.e-]+$`, "m"));
  }
  expect(metrics).toContain(`stiffnet_model_ready${labels} 1\n`);
});

test.each([
  ["all", ["1", "2", "10"]],
  ["latest", ["10"]],
  ["latest:2", ["2", "10"]],
  ["specific:1,10", ["1", "10"]],
])("with the policy %s of versions 1, 2 and 10 there are %j", async (policy, versions) => {
  const repository = mkdtempSync(join(folder, "versions-"));
  for (const version of ["1", "2", "10"]) {
    mkdirSync(join(repository, "a", version), { recursive: true });
    copyFileSync(path, join(repository, "a", version, "model.onnx"));
  }
  const options = { workers: 1, log: "silent", watch: 0, versions: readVersionPolicy(policy) } as const;
  const several = await createServer([repository], options);
  expect((await several.inject({ url: "/v2/models/a" })).json().versions).toEqual(versions);
  await several.close();
});

test.each(["latest:0", "some", "specific:", "specific:a", "all:1"])("the policy %s is none", (policy) => {
  expect(() => readVersionPolicy(policy)).toThrow(`--version-policy is '${policy}', expected all, latest`);
});
