import {
  type Client,
  credentials,
  makeGenericClientConstructor,
  type ServiceDefinition,
} from "@grpc/grpc-js";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { needs } from "../../../scripts/needs.ts";
import { inferenceService } from "../src/grpc/definition.ts";
import { createServer } from "../src/index.ts";
import { kinds, openPage } from "./page/opened.ts";
import { surrogate, writeModel } from "./service.ts";

let server: FastifyInstance;
let client: Client & Record<string, (message: object, done: (error: Error | null) => void) => void>;
let file = "";
beforeAll(async () => {
  const model = surrogate();
  const steps = [
    { kind: "log" as const, applies: [false, true, false] },
    { kind: "affine" as const, mean: [800, 0.7, 1.5], scale: [150, 0.3, 0.2] },
  ];
  const preparation = { ...model.preparation, inputs: { columns: 3, steps } };
  file = await writeModel("depths.onnx", { ...model, preparation });
  server = await createServer([file], { workers: 1, log: "silent", watch: 0, grpc: { port: 0 } });
  const make = makeGenericClientConstructor(inferenceService as ServiceDefinition, "any");
  client = new make(`127.0.0.1:${server.grpcPort}`, credentials.createInsecure()) as unknown as typeof client;
});
afterAll(async () => {
  client.close();
  await server.close();
});

const told = "expected a positive number: the model takes its logarithm";
const post = async (url: string, payload: object, headers = {}) => {
  const { statusCode, body } = await server.inject({ method: "POST", url, payload, headers });
  return [statusCode, JSON.parse(body)];
};

describe.each([0, -1])("%d where the model takes a logarithm is refused", (value) => {
  const data = [-700, 1, 1.2, 900, value, 1.9];
  const bytes = Buffer.from(Float32Array.from(data).buffer);
  const input = { name: "inputs", datatype: "FP32", shape: [2, 3] };
  const error = `inputs[0], row 2: "soil depth" is ${value}, ${told}`;

  test("by name", async () => {
    const inputs = { rainfall: 700, "soil depth": value, Q10: 1.5 };
    expect(await post("/predict", { inputs })).toEqual([
      400,
      { error: `inputs["soil depth"] is ${value}, ${told}` },
    ]);
  });

  test.each([
    ["numbers", { inputs: [{ ...input, data }] }, {}],
    ["rows", { inputs: [{ ...input, data: [data.slice(0, 3), data.slice(3)] }] }, {}],
    ["bytes", bytes, { "inference-header-content-length": "0" }],
  ])("as %s", async (_, payload, headers) => {
    expect(await post("/v2/models/depths/infer", payload, headers)).toEqual([400, { error }]);
  });

  test.each([
    ["contents", { inputs: [{ ...input, contents: { fp32_contents: data } }] }],
    ["bytes", { inputs: [input], raw_input_contents: [bytes] }],
  ])("as %s over gRPC", async (_, message) => {
    const failure = new Promise((resolve) =>
      client.modelInfer!({ model_name: "depths", ...message }, (found) => resolve(found)),
    );
    expect(await failure).toMatchObject({ code: 3, details: error });
  });
});

test("NaN has no place in the order, and goes in as bytes", async () => {
  const payload = Buffer.from(Float32Array.of(700, Number.NaN, 1.2).buffer);
  const headers = { "inference-header-content-length": "0" };
  const { statusCode } = await server.inject({
    method: "POST",
    url: "/v2/models/depths/infer",
    payload,
    headers,
  });
  expect(statusCode).toBe(200);
});

describe("on the page", needs("chromium"), () => {
  test.each(kinds)("of %s it is named", async (kind) => {
    const { page, complaints, open, close } = await openPage(kind, [file]);
    try {
      await open();
      await page.locator("#input-1").fill("0");
      await page.locator("#status", { hasText: `is 0, ${told}` }).waitFor();
      expect(await page.locator("#status").textContent()).toContain("soil depth");
      expect(complaints.filter((text) => !text.includes("400"))).toEqual([]);
    } finally {
      await close();
    }
  });
});
