import { connect } from "node:net";
import { expect, test } from "vitest";
import { shutdown } from "../../bench/rigs/shutdown.mjs";
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
