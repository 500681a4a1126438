import { credentials, Metadata, makeGenericClientConstructor } from "@grpc/grpc-js";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inferenceService } from "../src/grpc/messages.ts";
import { createServer } from "../src/index.ts";
import { predictions } from "./expected.ts";
import { surrogate, writeEnsemble } from "./service.ts";

let server: FastifyInstance;
interface Answer {
  readonly name: string;
  readonly inputs: object[];
  readonly outputs: object[];
  readonly models: object[];
  readonly rawOutputContents: Buffer[];
}
let ask: (method: string, message?: object, key?: string) => Promise<Answer>;
beforeAll(async () => {
  server = await createServer([await writeEnsemble("remote.onnx")], {
    workers: 1,
    log: "silent",
    watch: 0,
    apiKeys: ["key"],
    grpc: { port: 0 },
  });
  const { grpcPort } = server as unknown as { grpcPort: number };
  const Client = makeGenericClientConstructor(inferenceService, "GRPCInferenceService");
  const client = new Client(`127.0.0.1:${grpcPort}`, credentials.createInsecure());
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
afterAll(() => server.close());

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
  ["raw bytes", { inputs: [input], rawInputContents: [raw] }],
  ["contents", { inputs: [{ ...input, contents: { fp32Contents: points } }] }],
])("inference with %s gives the model's numbers", async (_, message) => {
  const answer = await ask("modelInfer", {
    modelName: "remote",
    id: "a",
    outputs: [{ name: "outputs_members" }],
    ...message,
  });
  expect(answer).toMatchObject({ modelName: "remote", modelVersion: "1", id: "a" });
  expect(answer.outputs).toEqual([{ name: "outputs_members", datatype: "FP32", shape: [3, 2, 2] }]);
  const values = new Float32Array(Uint8Array.from(answer.rawOutputContents[0]!).buffer);
  const expected = [0, 1, 2].flatMap((trial) => predictions(surrogate(trial), points));
  for (const [k, value] of expected.entries()) expect(Math.abs(values[k]! / value - 1)).toBeLessThan(1e-4);
});

test("the repository", async () => {
  expect((await ask("repositoryIndex", {})).models).toEqual([
    { name: "remote", version: "1", state: "READY" },
  ]);
  expect(await ask("repositoryModelLoad", { modelName: "remote" })).toEqual({});
});

describe("what is wrong is said with the code of gRPC", () => {
  // INVALID_ARGUMENT 3, NOT_FOUND 5, UNAUTHENTICATED 16
  test.each([
    [
      3,
      { modelName: "remote", inputs: [input], rawInputContents: [raw.subarray(0, 20)] },
      "binary_data_size is 20, expected 24",
    ],
    [
      3,
      { modelName: "remote", inputs: [{ ...input, shape: [2, 4] }], rawInputContents: [raw] },
      "shape is [2,4], expected [rows, 3]",
    ],
    [
      3,
      { modelName: "remote", inputs: [{ ...input, datatype: "INT64" }], rawInputContents: [raw] },
      'expected "FP32"',
    ],
    [3, { modelName: "remote", inputs: [input] }, "inputs[0].data is missing"],
    [3, { modelName: "remote" }, "inputs is an array of 0"],
    [5, { modelName: "none", inputs: [input], rawInputContents: [raw] }, 'there is no model "none"'],
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
