import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createServer } from "../src/index.ts";
import { predictions } from "./expected.ts";
import { surrogate, writeEnsemble } from "./service.ts";

let server: FastifyInstance;
beforeAll(async () => {
  server = await createServer([await writeEnsemble("binary.onnx")], { workers: 1, log: "silent", watch: 0 });
});
afterAll(() => server.close());

const points = [
  [700, 1, 1.2],
  [900, 3, 1.9],
];

/** As Triton's HTTP client sends it: JSON, then the bytes, and no Content-Type. */
async function send(json: object, bytes: Uint8Array, headers: Record<string, string> = {}) {
  const head = Buffer.from(JSON.stringify(json));
  const reply = await server.inject({
    method: "POST",
    url: "/v2/models/binary/infer",
    payload: Buffer.concat([head, bytes]),
    headers: { "inference-header-content-length": `${head.length}`, ...headers },
  });
  const length = Number(reply.headers["inference-header-content-length"] ?? reply.rawPayload.length);
  return {
    status: reply.statusCode,
    type: reply.headers["content-type"],
    body: JSON.parse(reply.rawPayload.subarray(0, length).toString()),
    bytes: Uint8Array.from(reply.rawPayload.subarray(length)),
  };
}
const bytes = new Uint8Array(Float32Array.from(points.flat()).buffer);
const input = (extra = {}) => ({
  name: "inputs",
  datatype: "FP32",
  shape: [2, 3],
  parameters: { binary_data_size: 24 },
  ...extra,
});

test("bytes in and, without requested outputs, bytes out", async () => {
  const reply = await send({ inputs: [input()], parameters: { binary_data_output: true } }, bytes);
  expect(reply.status).toBe(200);
  expect(reply.type).toBe("application/octet-stream");
  expect(reply.body.outputs).toEqual([
    { name: "outputs", datatype: "FP32", shape: [2, 2], parameters: { binary_data_size: 16 } },
    { name: "outputs_std", datatype: "FP32", shape: [2, 2], parameters: { binary_data_size: 16 } },
    { name: "outputs_members", datatype: "FP32", shape: [3, 2, 2], parameters: { binary_data_size: 48 } },
    { name: "jacobian", datatype: "FP32", shape: [2, 2, 3], parameters: { binary_data_size: 48 } },
  ]);
  const members = new Float32Array(reply.bytes.buffer, 32, 12);
  const expected = [0, 1, 2].flatMap((trial) => predictions(surrogate(trial), points.flat()));
  for (const [k, value] of expected.entries()) expect(Math.abs(members[k]! / value - 1)).toBeLessThan(1e-4);
});

test("each output in the form it was asked for", async () => {
  const outputs = [{ name: "outputs_std" }, { name: "outputs", parameters: { binary_data: true } }];
  const { body, bytes: tail } = await send({ inputs: [input()], outputs }, bytes);
  expect(body.outputs[0]).toMatchObject({ name: "outputs_std", data: expect.any(Array) });
  expect(body.outputs[1]).not.toHaveProperty("data");
  expect(tail).toHaveLength(16);
});

test("JSON in, bytes out", async () => {
  const json = {
    inputs: [{ name: "inputs", datatype: "FP32", shape: [2, 3], data: points }],
    parameters: { binary_data_output: true },
  };
  const reply = await server.inject({
    method: "POST",
    url: "/v2/models/binary/infer",
    payload: JSON.stringify(json),
  });
  expect(Number(reply.headers["inference-header-content-length"])).toBeLessThan(reply.rawPayload.length);
});

test("NaN, which JSON has not, goes in and out as bytes; as JSON the outputs are an error", async () => {
  const odd = new Uint8Array(Float32Array.from([Number.NaN, 1, 1, 700, 1, 1.2]).buffer);
  const asBytes = await send(
    { inputs: [input()], parameters: { binary_data_output: true }, outputs: [{ name: "outputs" }] },
    odd,
  );
  const [a, b, c, d] = new Float32Array(asBytes.bytes.buffer);
  expect([a, b]).toEqual([Number.NaN, Number.NaN]);
  expect([c, d].every(Number.isFinite)).toBe(true);
  const asJson = await send({ inputs: [input()], outputs: [{ name: "outputs" }] }, odd);
  expect(asJson).toMatchObject({
    status: 400,
    body: { error: expect.stringContaining("outputs[0] is NaN, which JSON cannot hold") },
  });
});

describe("lengths that lie", () => {
  const cases: [string, object, Uint8Array, Record<string, string>, string][] = [
    [
      "fewer bytes",
      { inputs: [input()] },
      bytes.subarray(0, 20),
      {},
      "20 bytes follow the JSON, expected 24",
    ],
    [
      "more bytes",
      { inputs: [input()] },
      Buffer.concat([bytes, bytes]),
      {},
      "48 bytes follow the JSON, expected 24",
    ],
    [
      "another size",
      { inputs: [input({ parameters: { binary_data_size: 12 } })] },
      bytes,
      {},
      "binary_data_size is 12, expected 24",
    ],
    [
      "a size that is a text",
      { inputs: [input({ parameters: { binary_data_size: "24" } })] },
      bytes,
      {},
      'binary_data_size is the text "24"',
    ],
    ["data twice", { inputs: [input({ data: points })] }, bytes, {}, "has data and binary_data_size"],
    [
      "bytes that nobody announced",
      { inputs: [input({ parameters: {}, data: points })] },
      bytes,
      {},
      "24 bytes follow the JSON, but",
    ],
    [
      "a header beyond the body",
      {},
      bytes,
      { "inference-header-content-length": "9999" },
      'Content-Length is "9999", expected',
    ],
    ["a negative header", {}, bytes, { "inference-header-content-length": "-1" }, 'Content-Length is "-1"'],
    [
      "a header in the middle of the JSON",
      { inputs: [input()] },
      bytes,
      { "inference-header-content-length": "7" },
      "the body is not JSON",
    ],
    [
      "a flag that is a text",
      { inputs: [input()], parameters: { binary_data_output: "true" } },
      bytes,
      {},
      "binary_data_output is the text",
    ],
  ];
  test.each(cases)("%s", async (_, json, tail, headers, text) => {
    expect(await send(json, tail, headers)).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining(text) },
    });
  });
});
