import { once } from "node:events";
import { connect } from "node:net";
import { credentials, makeGenericClientConstructor } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { shutdown } from "../../bench/rigs/shutdown.mjs";
import { inferenceService } from "../src/grpc/definition.ts";
import { createServer } from "../src/index.ts";
import { writeModel } from "./service.ts";

/* Fifty of each are `node apps/bench/rigs/shutdown.mjs MODEL.onnx`. */
test.each([
  [1, 32],
  [2, 256],
])(
  "SIGTERM: %i processes are not ready at once and answer all that %i connections send in the lame-duck time",
  async (processes, connections) => {
    const path = await writeModel("leaving.onnx");
    const found = await shutdown({ path, connections, processes });
    expect(found).toMatchObject({ lost: 0, other: 0, unready: true, code: 0 });
    expect(found.answered).toBeGreaterThan(connections);
  },
  60_000,
);

test("a body that never ends is given up, and is no failure", async () => {
  const server = await createServer([await writeModel("unended.onnx")], {
    workers: 1,
    log: "silent",
    watch: 0,
  });
  await server.listen({ port: 0 });
  const { port } = server.server.address() as { port: number };
  let arrived = 0;
  server.server.on("request", () => arrived++);
  const socket = connect(port, "127.0.0.1", () =>
    socket.write("POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{"),
  );
  socket.on("error", () => {});
  const ended = new Promise((resolve) => socket.on("close", resolve));
  socket.resume();
  await expect.poll(() => arrived).toBe(1);
  expect(await server.leave({ lameDuck: 0, drain: 100 })).toBe(0);
  await ended;
});

test("calls over gRPC that are given up are counted, and Fastify does not end the wait for them", async () => {
  const server = await createServer([await writeModel("called.onnx")], {
    workers: 1,
    maxBatch: 1,
    log: "silent",
    watch: 0,
    grpc: { port: 0 },
  });
  await server.listen({ port: 0 });
  const Client = makeGenericClientConstructor(inferenceService, "any");
  const client = new Client(`127.0.0.1:${server.grpcPort}`, credentials.createInsecure());
  const message = {
    model_name: "called",
    inputs: [{ name: "inputs", datatype: "FP32", shape: [65_536, 3] }],
    raw_input_contents: [Buffer.alloc(65_536 * 12)],
  };
  const failed = new Promise((resolve) => client.modelInfer!(message, resolve));
  await expect.poll(() => server.stiffnet.pool.state.waiting, { interval: 1 }).toBe(1);
  expect(await server.leave({ lameDuck: 0, drain: 400 })).toBe(1);
  expect(await failed).toBeInstanceOf(Error);
  client.close();
  // Its usual 10 seconds would end the process with a stack trace.
  expect(server.initialConfig.pluginTimeout).toBe(0);
});

test("a client that asks nothing of the operators' port is closed, and what is not HTTP is an error", async () => {
  const server = await createServer([await writeModel("operated.onnx")], {
    workers: 1,
    log: "silent",
    watch: 0,
    admin: { port: 0 },
  });
  await server.listen({ port: 0 });
  const wrong = connect(server.adminPort!, "127.0.0.1", () => wrong.write("nothing\r\n\r\n"));
  const [answer] = await once(wrong, "data");
  expect(String(answer)).toContain('{"error":"the request is not HTTP/1.1"}');
  const idle = connect(server.adminPort!, "127.0.0.1");
  const ended = once(idle, "close");
  await once(idle, "connect");
  expect(await server.leave({ lameDuck: 0, drain: 5000 })).toBe(0);
  await ended;
}, 8000);
