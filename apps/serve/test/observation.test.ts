import { readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { credentials, Metadata, makeGenericClientConstructor } from "@grpc/grpc-js";
import { context, propagation, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { inferenceService } from "../src/grpc/definition.ts";
import { createServer } from "../src/index.ts";
import { folder, writeModel } from "./service.ts";

const quiet = { workers: 1, log: "silent", watch: 0 } as const;
const payload = { inputs: { rainfall: 800, "soil depth": 2, Q10: 1.5 } };
const linesOf = (file: string): Record<string, unknown>[] =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));

test("the access log has a line for each request, and follows its name when it was moved", async () => {
  const file = join(folder, "access.log");
  const server = await createServer([await writeModel("logged.onnx")], {
    ...quiet,
    accessLog: file,
    apiKeys: ["other", "secret the model's owner"],
  });
  const headers = { "x-request-id": "mine", "x-api-key": "other" };
  await server.inject({ method: "POST", url: "/predict", payload, headers });
  await server.inject({
    url: "/v2/models/none?secret=1",
    headers: { "x-api-key": "secret", "x-forwarded-for": "192.0.2.1, 10.0.0.1" },
  });
  await expect.poll(() => linesOf(file).length).toBe(2);
  const [first, second] = linesOf(file);
  expect(first).toMatchObject({
    id: "mine",
    method: "POST",
    url: "/predict",
    route: "/predict",
    status: 200,
    model: "logged",
    version: "1",
    ip: "127.0.0.1",
  });
  expect(first!.milliseconds).toBeGreaterThan(0);
  expect(first!.bytes).toBeGreaterThan(100);
  expect(second).toMatchObject({ status: 404, route: "/v2/models/:model" });
  expect(second).toMatchObject({ forwarded: "192.0.2.1, 10.0.0.1", key: "the model's owner" });
  expect(first).not.toHaveProperty("key");
  expect(JSON.stringify(linesOf(file))).not.toContain("secret the");
  renameSync(file, `${file}.1`);
  server.reopenAccessLog();
  await server.inject({ url: "/v2" });
  await server.close();
  // The end writes the remaining lines.
  expect(linesOf(file).map(({ url }) => url)).toEqual(["/v2"]);
  expect(linesOf(`${file}.1`)).toHaveLength(2);
});

test("the access log and the counts have requests whose client left, and no length where it is not known before", async () => {
  const file = join(folder, "left.log");
  const path = await writeModel("left.onnx");
  const server = await createServer([path], { ...quiet, maxBatch: 16, accessLog: file });
  const url = await server.listen({ port: 0 });
  const tensor = { name: "inputs", datatype: "FP32", shape: [40_000, 3], data: new Array(120_000).fill(1) };
  const ask = (signal: AbortSignal | null = null) =>
    fetch(`${url}/v2/models/left/infer`, {
      method: "POST",
      headers: { "content-type": "application/json", "accept-encoding": "identity" },
      body: JSON.stringify({ inputs: [tensor] }),
      signal,
    }).then((answer) => answer.text());
  const leave = new AbortController();
  const left = ask(leave.signal).catch(({ name }) => name);
  await expect.poll(() => server.stiffnet.pool.state.waiting, { interval: 1 }).toBe(1);
  leave.abort();
  expect(await left).toBe("AbortError");
  expect((await ask()).length).toBeGreaterThan(100_000);
  const route = "/v2/models/:model/infer";
  const counts = await server.stiffnet.metrics.text();
  for (const status of [499, 200]) {
    expect(counts).toContain(
      `stiffnet_requests_total{method="POST",route="${route}",status="${status}"} 1\n`,
    );
  }
  await server.close();
  expect(linesOf(file)).toMatchObject([
    { status: 499, route },
    { status: 200, route, model: "left" },
  ]);
  expect(linesOf(file)[1]).not.toHaveProperty("bytes");
});

test("an access log that cannot be written ends the start", async () => {
  const file = join(folder, "no such folder", "access.log");
  await expect(
    createServer([await writeModel("unlogged.onnx")], { ...quiet, accessLog: file }),
  ).rejects.toMatchObject({
    code: "bad_option",
    message: expect.stringContaining("no such file or directory"),
  });
});

describe("spans", () => {
  const exporter = new InMemorySpanExporter();
  beforeAll(() => {
    // As an SDK sets it: what is awaited goes on in the context of its request.
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
    trace.setGlobalTracerProvider(
      new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
    );
  });
  afterAll(() => {
    trace.disable();
    context.disable();
    propagation.disable();
  });
  beforeEach(() => exporter.reset());

  /** The spans that are parts of another one. */
  function expectParts(parent: ReadableSpan): void {
    const parts = exporter
      .getFinishedSpans()
      .filter(({ name }) => ["queue", "compute"].includes(name))
      .map(({ name, attributes, parentSpanContext, startTime, endTime }) => {
        expect(parentSpanContext?.traceId).toBe(parent.spanContext().traceId);
        expect(attributes).toEqual({ "stiffnet.model": "traced/1" });
        expect(startTime[0]).toBeCloseTo(Date.now() / 1000, -2);
        return { name, startTime, endTime };
      });
    expect(parts.map(({ name }) => name)).toEqual(["queue", "compute"]);
    expect(parts[0]!.endTime).toEqual(parts[1]!.startTime);
  }

  test("with telemetry a request is a span of its route, and its queue and compute are parts of it", async () => {
    const path = await writeModel("traced.onnx");
    for (const telemetry of [false, true]) {
      const server = await createServer([path], { ...quiet, telemetry });
      expect((await server.inject({ method: "POST", url: "/predict", payload })).statusCode).toBe(200);
      await server.close();
      const routes = exporter.getFinishedSpans().map(({ attributes }) => attributes["http.route"]);
      if (telemetry) expect(routes).toContain("/predict");
      else expect(exporter.getFinishedSpans()).toEqual([]);
    }
    expectParts(
      exporter.getFinishedSpans().find(({ attributes }) => attributes["http.route"] === "/predict")!,
    );
  });

  test("a call over gRPC is a span of the trace that its metadata name", async () => {
    const server = await createServer([await writeModel("traced.onnx")], {
      ...quiet,
      telemetry: true,
      grpc: { port: 0 },
    });
    const { grpcPort } = server;
    const Client = makeGenericClientConstructor(inferenceService, "any");
    const client = new Client(`127.0.0.1:${grpcPort}`, credentials.createInsecure());
    const metadata = new Metadata();
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    metadata.set("traceparent", `00-${traceId}-b7ad6b7169203331-01`);
    const call = (model_name: string) =>
      new Promise<number>((resolve) => {
        const inputs = [
          { name: "inputs", datatype: "FP32", shape: [1, 3], contents: { fp32_contents: [8, 2, 1] } },
        ];
        client.modelInfer!({ model_name, inputs }, metadata, (error: { code: number } | null) =>
          resolve(error?.code ?? 0),
        );
      });
    expect([await call("traced"), await call("none")]).toEqual([0, 5]);
    const method = () =>
      exporter.getFinishedSpans().filter(({ name }) => name === "inference.GRPCInferenceService/ModelInfer");
    await expect.poll(() => method().length).toBe(2);
    const [good, bad] = method();
    expect(good!.spanContext().traceId).toBe(traceId);
    expect(good!.attributes).toMatchObject({ "rpc.system": "grpc", "rpc.grpc.status_code": 0 });
    expect([bad!.attributes["rpc.grpc.status_code"], bad!.status.code]).toEqual([5, SpanStatusCode.ERROR]);
    expectParts(good!);
    client.close();
    await server.close();
  });
});
