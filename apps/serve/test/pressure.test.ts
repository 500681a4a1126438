import { connect } from "node:net";
import { credentials, makeGenericClientConstructor, status } from "@grpc/grpc-js";
import { resnet } from "@stiffnet/core";
import type { FastifyInstance } from "fastify";
import { afterEach, describe, expect, test } from "vitest";
import { inferenceService } from "../src/grpc/definition.ts";
import { createServer, type ServeOptions } from "../src/index.ts";
import type { Pool } from "../src/inference/pool.ts";
import { surrogate, writeModel } from "./service.ts";

let server: FastifyInstance;
let url = "";
afterEach(() => server.close());

async function start(options: ServeOptions = {}): Promise<Pool> {
  // Large enough that many rows go to the worker.
  const { config, layout, parameters } = resnet({ inputs: 3, outputs: 2, width: 64, depth: 16 });
  const model = { ...surrogate(), config, layout, parameters };
  server = await createServer([await writeModel("pressed.onnx", model)], {
    workers: 1,
    log: "silent",
    watch: 0,
    ...options,
  });
  url = await server.listen({ port: 0 });
  return server.stiffnet.pool;
}

const point = [700, 1, 1.2];
/** Enough to keep a worker at work: a batch for each row. */
const many = Array.from({ length: 2000 }, () => point);
const tensor = (rows: readonly (readonly number[])[]) => ({
  inputs: [{ name: "inputs", datatype: "FP32", shape: [rows.length, 3], data: rows.flat() }],
});
const send = (path: string, body: object, headers = {}) =>
  fetch(`${url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });

/** Every way to ask for an inference over HTTP. */
const ways: [string, (rows?: readonly (readonly number[])[]) => Promise<Response>][] = [
  ["infer", (rows = [point]) => send("/v2/models/pressed/infer", tensor(rows))],
  ["infer of a version", (rows = [point]) => send("/v2/models/pressed/versions/1/infer", tensor(rows))],
  ["predict", () => send("/predict", { inputs: { rainfall: 700, "soil depth": 1, Q10: 1.2 } })],
];

async function expectTryAgain(reply: Response, text: string): Promise<void> {
  expect(reply.status).toBe(503);
  expect(reply.headers.get("retry-after")).toBe("1");
  expect(await reply.json()).toEqual({ error: expect.stringContaining(text) });
}

describe.each(ways)("%s is 503 with Retry-After", (_, ask) => {
  test("where as many requests wait as may", async () => {
    const pool = await start({ maxQueue: 1, maxBatch: 1 });
    const first = send("/v2/models/pressed/infer", tensor(many));
    await expect.poll(() => pool.state.waiting, { interval: 1 }).toBe(1);
    await expectTryAgain(await ask(), "requests are waiting already");
    expect((await first).status).toBe(200);
    expect((await ask()).status).toBe(200);
  });

  test("where its worker stops", async () => {
    const pool = await start({ maxBatch: 1 });
    await pool.kill(0);
    // Behind a request that keeps the worker busy, the queue is too long to be run without one.
    const replies = await Promise.all([send("/v2/models/pressed/infer", tensor(many)), ask()]);
    const failed = replies.filter(({ status }) => status === 503);
    expect(failed.length).toBeGreaterThan(0);
    for (const reply of failed) await expectTryAgain(reply, "the worker that ran this request stopped");
  });

  test("while the server closes", async () => {
    const pool = await start({ maxBatch: 1 });
    // Two connections that stay open: one with a long request, so that closing takes its time.
    const first = send("/v2/models/pressed/infer", tensor(many)).then(({ status }) => status);
    await expect.poll(() => pool.state.waiting, { interval: 1 }).toBe(1);
    const closing = server.close();
    const late = await ask().catch(() => undefined);
    // Either nobody is let in any more, or the answer says when to come back.
    if (late) await expectTryAgain(late, "shutting down");
    expect(await first).toBe(200);
    await closing;
  });
});

test("the requests of a closing server on an open connection are 503 with Retry-After", async () => {
  await start();
  const closing = server.close();
  const reply = await server.inject({
    method: "POST",
    url: "/v2/models/pressed/infer",
    payload: tensor([point]),
  });
  expect(reply.statusCode).toBe(503);
  expect(reply.headers["retry-after"]).toBe("1");
  expect(reply.json()).toEqual({ error: "the server is shutting down" });
  await closing;
});

test("a request past its own time is 503 with Retry-After", async () => {
  await start({ maxBatch: 1 });
  const reply = await send("/v2/models/pressed/infer", { ...tensor(many), parameters: { timeout: 1000 } });
  await expectTryAgain(reply, "within its time");
});

test("over gRPC a full queue is UNAVAILABLE", async () => {
  const pool = await start({ maxQueue: 1, maxBatch: 1, grpc: { port: 0 } });
  const { grpcPort } = server;
  const Client = makeGenericClientConstructor(inferenceService, "GRPCInferenceService");
  const client = new Client(`127.0.0.1:${grpcPort}`, credentials.createInsecure());
  const first = send("/v2/models/pressed/infer", tensor(many));
  await expect.poll(() => pool.state.waiting, { interval: 1 }).toBe(1);
  const raw = Buffer.from(Float32Array.from(point).buffer);
  const message = {
    model_name: "pressed",
    inputs: [{ name: "inputs", datatype: "FP32", shape: [1, 3] }],
    raw_input_contents: [raw],
  };
  const error = await new Promise<{ code: number; details: string }>((resolve) =>
    client.modelInfer!(message, (failed: { code: number; details: string }) => resolve(failed)),
  );
  expect(error).toMatchObject({
    code: status.UNAVAILABLE,
    details: expect.stringContaining("waiting already"),
  });
  client.close();
  expect((await first).status).toBe(200);
});

test("a client that never reads is not answered on and on", async () => {
  const pool = await start({ workers: 2 });
  const body = JSON.stringify(tensor(Array.from({ length: 20_000 }, () => point)));
  const head = `POST /v2/models/pressed/infer HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n`;
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  for (let k = 0; k < 200; k++) socket.write(head + body);
  // Each answer is half a megabyte, and the system takes about ten. When the count no longer changes, it is
  // final.
  let [rows, same] = [0, 0];
  while (same < 20) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    same = pool.state.rows === rows && rows > 0 ? same + 1 : 0;
    rows = pool.state.rows;
  }
  expect(rows / 20_000).toBeLessThan(100);
  socket.destroy();
}, 60_000);
