import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createServer } from "../src/index.ts";
import { writeModel } from "./service.ts";

let server: FastifyInstance;
beforeAll(async () => {
  server = await createServer([await writeModel("large.onnx")], { workers: 1, log: "silent", watch: 0 });
});
afterAll(() => server.close());

const size = 15 * 2 ** 20;
const repeated = (piece: string, last: string) => piece.repeat(Math.floor(size / piece.length)) + last;
const keys = Array.from({ length: 1_200_000 }, (_, k) => `"k${k}":1`).join(",");

/* JSON.parse takes up to five seconds for these, and keysOf as long again. An early refusal only looks at
 *  each
 * byte once. A time limit would measure the machine, so the test tells them apart by the words. */
test.each([
  ["keys", `{${keys}}`, "the body has more than 10000 keys"],
  ["keys of parameters", `{"inputs":[],"parameters":{${keys}}}`, "the body has more than 10000 keys"],
  ["empty arrays", `[${repeated("[],", "[]]")}`, "more than 100000 arrays and objects"],
  ["empty objects", `[${repeated("{},", "{}]")}`, "more than 100000 arrays and objects"],
  ["brackets", repeated("[", ""), "nested more than 64 deep"],
  ["an open string", `{"${repeated("\\", "")}`, "the body is not JSON"],
])("15 MiB of %s are refused", async (_, payload, text) => {
  for (const url of ["/v2/models/large/infer", "/predict", "/v2/repository/index"]) {
    const reply = await server.inject({ method: "POST", url, payload });
    expect([reply.statusCode, reply.json().error]).toEqual([400, expect.stringContaining(text)]);
  }
});

test("a colon within a text is no key", async () => {
  const payload = {
    id: '"a": [{"b":1}] \\"c\\":',
    inputs: [{ name: "inputs", datatype: "FP32", shape: [1, 3], data: [[800, 2, 1.5]] }],
  };
  const reply = await server.inject({ method: "POST", url: "/v2/models/large/infer", payload });
  expect([reply.statusCode, reply.json().id]).toEqual([200, payload.id]);
});
