import { readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { trace } from "@opentelemetry/api";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { expect, test } from "vitest";
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
    ...{ id: "mine", method: "POST", url: "/predict", route: "/predict", status: 200 },
    ...{ model: "logged", version: "1", ip: "127.0.0.1" },
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
  // What was gathered is written at the end.
  expect(linesOf(file).map(({ url }) => url)).toEqual(["/v2"]);
  expect(linesOf(`${file}.1`)).toHaveLength(2);
});

test("with telemetry a request is a span of its route; without, nothing is traced", async () => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  trace.setGlobalTracerProvider(provider);
  const path = await writeModel("traced.onnx");
  for (const telemetry of [false, true]) {
    const server = await createServer([path], { ...quiet, telemetry });
    expect((await server.inject({ method: "POST", url: "/predict", payload })).statusCode).toBe(200);
    await server.close();
    const routes = exporter.getFinishedSpans().map(({ attributes }) => attributes["http.route"]);
    if (telemetry) expect(routes).toContain("/predict");
    else expect(routes).toEqual([]);
  }
  trace.disable();
});
