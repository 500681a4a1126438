import { expect, test } from "vitest";
import { fuzz } from "../../bench/rigs/fuzz.mjs";
import { createServer } from "../src/index.ts";
import { writeModel } from "./service.ts";

/* `node apps/bench/rigs/fuzz.mjs MODEL.onnx` sends 20,000 requests and watches the memory. */
test("1500 generated requests: right ones are answered right, wrong ones with a text, none with 500", async () => {
  const server = await createServer([await writeModel("fuzz.onnx")], {
    workers: 1,
    log: "silent",
    watch: 0,
    grpc: { port: 0 },
  });
  const { grpcPort } = server;
  const url = await server.listen({ port: 0 });
  const { problems, right } = await fuzz({ url, grpcAddress: `127.0.0.1:${grpcPort}`, count: 1500, seed: 7 });
  await server.close();
  expect(problems).toEqual([]);
  expect(right).toBeGreaterThan(300);
}, 240_000);
