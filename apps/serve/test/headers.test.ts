import { connect } from "node:net";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createServer } from "../src/index.ts";
import { writeModel } from "./service.ts";

let server: FastifyInstance;
let port = 0;
beforeAll(async () => {
  server = await createServer([await writeModel("headers.onnx")], { workers: 1, log: "silent", watch: 0 });
  await server.listen({ port: 0 });
  port = (server.server.address() as { port: number }).port;
});
afterAll(() => server.close());

/** Sends bytes and returns the status of the answer. */
const statusOf = (bytes: Buffer): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    socket.once("data", (chunk) => {
      socket.destroy();
      resolve(Number(chunk.toString("latin1", 9, 12)));
    });
    socket.on("error", reject);
  });

/* A pattern that tries every split of the spaces takes a time that grows with the cube of their number. For 8
 *  kB
 * that is a minute and a half without an answer, which this test's time limit notices. */
test.each([
  ["spaces and a byte above ASCII", `X:${" ".repeat(8000)}\x80`],
  ["spaces and tabs", `X:${" \t".repeat(4000)}\x80`],
  ["spaces around a text", `X:${" ".repeat(4000)}a${" ".repeat(4000)}\x80`],
  ["a key behind spaces", `Authorization: Bearer${" ".repeat(8000)}\x80`],
  ["a type behind spaces", `Content-Type: application/json${" ".repeat(8000)}\x80`],
  ["an id", `X-Request-Id: ${"a:".repeat(4000)}\x80`],
])(
  "a header of %s holds nobody up",
  async (_, header) => {
    const head = `POST /v2/models/headers/infer HTTP/1.1\r\nHost: localhost\r\n${header}\r\nContent-Length: 2\r\n\r\n{}`;
    const [status] = await Promise.all([
      statusOf(Buffer.from(head, "latin1")),
      statusOf(Buffer.from("GET /v2 HTTP/1.1\r\nHost: localhost\r\n\r\n")),
    ]);
    expect([400, 415]).toContain(status);
  },
  2000,
);
