import {
  type Client,
  credentials,
  Metadata,
  makeGenericClientConstructor,
  type ServiceClientConstructor,
  type ServiceDefinition,
} from "@grpc/grpc-js";
import type { FastifyInstance } from "fastify";
import { service as healthService } from "grpc-health-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inferenceService } from "../src/grpc/definition.ts";
import { createServer } from "../src/index.ts";
import { predictions } from "./expected.ts";
import { surrogate, writeEnsemble } from "./service.ts";

let server: FastifyInstance;
interface Answer {
  readonly name: string;
  readonly inputs: object[];
  readonly outputs: object[];
  readonly models: object[];
  readonly config: { readonly input: object[] };
  readonly model_stats: object[];
  readonly raw_output_contents: Buffer[];
}
let address = "";
const clients: Client[] = [];
function clientOf(service: ServiceDefinition, options = {}): InstanceType<ServiceClientConstructor> {
  const make = makeGenericClientConstructor(service, "any");
  const client = new make(address, credentials.createInsecure(), options);
  clients.push(client);
  return client;
}
let ask: (method: string, message?: object, key?: string) => Promise<Answer>;
beforeAll(async () => {
  server = await createServer([await writeEnsemble("remote.onnx")], {
    workers: 1,
    log: "silent",
    watch: 0,
    apiKeys: ["key"],
    admin: { apiKeys: ["operator"] },
    maxBody: 2 ** 20,
    grpc: { port: 0 },
  });
  address = `127.0.0.1:${server.grpcPort}`;
  const client = clientOf(inferenceService);
  ask = (method, message = {}, key = "key") => {
    const metadata = new Metadata();
    if (key) metadata.set("x-api-key", key);
    return new Promise((resolve, reject) => {
      client[method]!(message, metadata, (error: Error | null, answer: Answer) =>
        error ? reject(error) : resolve(answer),
      );
    });
  };
});
afterAll(async () => {
  for (const client of clients) client.close();
  await server.close();
});

const points = [700, 1, 1.2, 900, 3, 1.9];
const input = { name: "inputs", datatype: "FP32", shape: [2, 3] };
const raw = Buffer.from(Float32Array.from(points).buffer);

test("health and metadata", async () => {
  expect(await ask("serverLive", {}, "")).toEqual({ live: true });
  expect(await ask("serverReady", {}, "")).toEqual({ ready: true });
  expect(await ask("modelReady", { name: "remote" })).toEqual({ ready: true });
  expect((await ask("serverMetadata")).name).toBe("stiffnet-serve");
  const metadata = await ask("modelMetadata", { name: "remote", version: "1" });
  expect(metadata.inputs).toEqual([{ name: "inputs", datatype: "FP32", shape: [-1, 3] }]);
  expect(metadata.outputs[2]).toEqual({ name: "outputs_members", datatype: "FP32", shape: [3, -1, 2] });
});

test.each([
  ["raw bytes", { inputs: [input], raw_input_contents: [raw] }],
  ["contents", { inputs: [{ ...input, contents: { fp32_contents: points } }] }],
])("inference with %s gives the model's numbers", async (_, message) => {
  const answer = await ask("modelInfer", {
    model_name: "remote",
    id: "a",
    outputs: [{ name: "outputs_members" }],
    ...message,
  });
  expect(answer).toMatchObject({ model_name: "remote", model_version: "1", id: "a" });
  expect(answer.outputs).toEqual([{ name: "outputs_members", datatype: "FP32", shape: [3, 2, 2] }]);
  const values = new Float32Array(Uint8Array.from(answer.raw_output_contents[0]!).buffer);
  const expected = [0, 1, 2].flatMap((trial) => predictions(surrogate(trial), points));
  for (const [k, value] of expected.entries()) expect(Math.abs(values[k]! / value - 1)).toBeLessThan(1e-4);
});

test.each([
  ["deflate", 1],
  ["gzip", 2],
])("a message that is compressed by %s is the same request", async (_, algorithm) => {
  const client = clientOf(inferenceService, { "grpc.default_compression_algorithm": algorithm });
  const message = { model_name: "remote", inputs: [input], raw_input_contents: [raw] };
  const metadata = new Metadata();
  metadata.set("x-api-key", "key");
  const answer = await new Promise((resolve, reject) =>
    client.modelInfer!(message, metadata, (error: Error | null, found: Answer) =>
      error ? reject(error) : resolve(found),
    ),
  );
  expect(answer).toEqual(await ask("modelInfer", message));
});

test("configuration and statistics are those of HTTP", async () => {
  const { config } = await ask("modelConfig", { name: "remote" });
  expect(config).toMatchObject({ name: "remote", backend: "onnxruntime", max_batch_size: 0 });
  expect(config.input).toEqual([{ name: "inputs", data_type: 11, dims: [-1, 3] }]);
  for (const message of [{}, { name: "remote" }, { name: "remote", version: "1" }]) {
    const { model_stats } = await ask("modelStatistics", message);
    expect(model_stats).toMatchObject([
      { name: "remote", version: "1", inference_stats: { success: { count: expect.any(Number) } } },
    ]);
  }
  await expect(ask("modelConfig", { name: "none" })).rejects.toMatchObject({ code: 5 });
});

test("the repository", async () => {
  expect((await ask("repositoryIndex", {}, "operator")).models).toEqual([
    { name: "remote", version: "1", state: "READY", reason: "" },
  ]);
  expect(await ask("repositoryModelLoad", { model_name: "remote" }, "operator")).toEqual({});
});

describe("what is wrong is said with the code of gRPC", () => {
  // INVALID_ARGUMENT 3, NOT_FOUND 5, UNAUTHENTICATED 16
  test.each([
    [
      3,
      { model_name: "remote", inputs: [input], raw_input_contents: [raw.subarray(0, 20)] },
      "binary_data_size is 20, expected 24",
    ],
    [
      3,
      { model_name: "remote", inputs: [{ ...input, shape: [2, 4] }], raw_input_contents: [raw] },
      "shape is [2,4], expected [rows, 3]",
    ],
    [
      3,
      { model_name: "remote", inputs: [{ ...input, datatype: "INT64" }], raw_input_contents: [raw] },
      'expected "FP32"',
    ],
    [
      3,
      {
        model_name: "remote",
        inputs: [{ ...input, contents: { fp32_contents: points, int_contents: [1] } }],
      },
      "inputs[0].contents has int_contents, expected fp32_contents alone",
    ],
    [3, { model_name: "remote", inputs: [input] }, "inputs[0].data is missing"],
    [3, { model_name: "remote" }, "inputs is an array of 0"],
    [5, { model_name: "none", inputs: [input], raw_input_contents: [raw] }, 'there is no model "none"'],
  ])("%i: %j", async (code, message, details) => {
    await expect(ask("modelInfer", message)).rejects.toMatchObject({
      code,
      details: expect.stringContaining(details),
    });
  });

  test("a key that is missing or not known", async () => {
    await expect(ask("modelMetadata", { name: "remote" }, "")).rejects.toMatchObject({ code: 16 });
    await expect(ask("modelMetadata", { name: "remote" }, "other")).rejects.toMatchObject({ code: 16 });
  });
});

test("a model that is not there is not ready", async () => {
  expect(await ask("modelReady", { name: "none" })).toEqual({ ready: false });
  expect(await ask("modelReady", { name: "remote", version: "7" })).toEqual({ ready: false });
});

test("NaN goes in as a number as it does as bytes", async () => {
  const odd = [Number.NaN, 1, 1, 700, 1, 1.2];
  const outputs = [{ name: "outputs" }];
  const answers = await Promise.all(
    [
      { inputs: [{ ...input, contents: { fp32_contents: odd } }] },
      { inputs: [input], raw_input_contents: [Buffer.from(Float32Array.from(odd).buffer)] },
    ].map((message) => ask("modelInfer", { model_name: "remote", outputs, ...message })),
  );
  expect(answers[0]).toEqual(answers[1]);
  const values = new Float32Array(Uint8Array.from(answers[0]!.raw_output_contents[0]!).buffer);
  expect([...values].map(Number.isNaN)).toEqual([true, true, false, false]);
});

test("operators have keys of their own", async () => {
  for (const method of ["repositoryIndex", "repositoryModelLoad", "repositoryModelUnload"]) {
    await expect(ask(method, { model_name: "remote" })).rejects.toMatchObject({ code: 16 });
  }
});

test("a message that is larger than a body may be is refused", async () => {
  const rows = 2 ** 17;
  const message = { inputs: [{ ...input, shape: [rows, 3] }], raw_input_contents: [Buffer.alloc(12 * rows)] };
  await expect(ask("modelInfer", { model_name: "remote", ...message })).rejects.toMatchObject({
    code: 8,
    details: expect.stringContaining("larger than max"),
  });
});

test("requests are counted beside those of REST", async () => {
  await ask("modelMetadata", { name: "remote" });
  await ask("modelMetadata", { name: "none" }).catch(() => {});
  const { body } = await server.inject({ url: "/metrics", headers: { "x-api-key": "operator" } });
  const count = (status: string) => `{method="gRPC",route="ModelMetadata",status="${status}"} `;
  expect(body).toContain(`stiffnet_requests_total${count("OK")}`);
  expect(body).toContain(`stiffnet_requests_total${count("NOT_FOUND")}`);
  expect(body).toContain('stiffnet_request_seconds_count{route="ModelMetadata"}');
});

test("a call whose client left is counted, and one that was refused is not among them", async () => {
  const rows = 2 ** 15;
  const large = Buffer.alloc(12 * rows, raw);
  const message = {
    model_name: "remote",
    inputs: [{ ...input, shape: [rows, 3] }],
    raw_input_contents: [large],
  };
  const metadata = new Metadata();
  metadata.set("x-api-key", "key");
  const { pool } = server.stiffnet;
  const left = new Promise((resolve) => {
    const call = clientOf(inferenceService).modelInfer!(message, metadata, resolve);
    void expect
      .poll(() => pool.state.waiting, { interval: 1 })
      .toBe(1)
      .then(() => call.cancel());
  });
  expect(await left).toMatchObject({ code: 1 });
  const tooLarge = { ...message, raw_input_contents: [Buffer.alloc(2 ** 21)] };
  await expect(ask("modelInfer", tooLarge)).rejects.toMatchObject({ code: 8 });
  const count = async () => {
    const { body } = await server.inject({ url: "/metrics", headers: { "x-api-key": "operator" } });
    return /\{method="gRPC",route="ModelInfer",status="CANCELLED"\} (\d+)/.exec(body)?.[1];
  };
  await expect.poll(count).toBe("1");
});

test("grpc.health.v1 says whether a request would be run", async () => {
  const client = clientOf(healthService);
  const check = (service: string) =>
    new Promise((resolve) =>
      client.check!({ service }, (error: { code: number } | null, answer: { status: string }) =>
        resolve(error?.code ?? answer.status),
      ),
    );
  expect(await check("")).toBe("SERVING");
  expect(await check("inference.GRPCInferenceService")).toBe("SERVING");
  expect(await check("another")).toBe(5);
  expect((await ask("repositoryModelUnload", { model_name: "remote" }, "operator")) as object).toEqual({});
  await expect.poll(() => check("")).toBe("NOT_SERVING");
  await ask("repositoryModelLoad", { model_name: "remote" }, "operator");
  await expect.poll(() => check("")).toBe("SERVING");
});

test("reflection lists the services", async () => {
  const { default: protobuf } = await import("protobufjs");
  const { root } = protobuf.parse(`syntax = "proto3";
    message Request { oneof message_request { string list_services = 7; } }
    message Service { string name = 1; }
    message Services { repeated Service service = 1; }
    message Response { Services list_services_response = 6; }`);
  const codec = (name: string) => ({
    write: (message: object) => Buffer.from(root.lookupType(name).encode(message).finish()),
    read: (bytes: Buffer) => root.lookupType(name).toObject(root.lookupType(name).decode(bytes)),
  });
  const [asked, answered] = [codec("Request"), codec("Response")];
  const client = clientOf({
    info: {
      path: "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
      requestStream: true,
      responseStream: true,
      requestSerialize: asked.write,
      requestDeserialize: asked.read,
      responseSerialize: answered.write,
      responseDeserialize: answered.read,
    } as ServiceDefinition[string],
  });
  const call = client.info!(new Metadata());
  call.write({ listServices: "" });
  const reply = await new Promise<object>((resolve, reject) => call.on("data", resolve).on("error", reject));
  call.end();
  expect(JSON.stringify(reply)).toContain("inference.GRPCInferenceService");
});
