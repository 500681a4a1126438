import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createServer } from "../src/index.ts";
import { predictions } from "./expected.ts";
import { folder, surrogate, writeModel } from "./service.ts";

let server: FastifyInstance;
let first: Buffer;
let second: Buffer;
const repository = mkdtempSync(join(folder, "loading-"));
const file = join(repository, "land.onnx");
const point = [700, 1, 1.2];
const answers = [0, 1].map((trial) => predictions(surrogate(trial), point)[0]!);

beforeAll(async () => {
  first = readFileSync(await writeModel("first.onnx", surrogate(0)));
  second = readFileSync(await writeModel("second.onnx", surrogate(1)));
  writeFileSync(file, first);
  server = await createServer([repository], { workers: 1, log: "silent", watch: 10, maxModel: 100_000 });
});
afterAll(() => server.close());

const post = async (url: string, payload: object = {}) => {
  const reply = await server.inject({ method: "POST", url, payload });
  return { status: reply.statusCode, body: reply.json() };
};
const ask = async (): Promise<number> => {
  const inputs = { rainfall: point[0], "soil depth": point[1], Q10: point[2] };
  return (await post("/predict", { model: "land", inputs })).body.outputs.GPP;
};
/** The index of the network that answered, -1 for another one. */
const who = (value: number) => answers.findIndex((answer) => Math.abs(value / answer - 1) < 1e-4);
const reasonOf = async (model: string): Promise<string> =>
  (await post("/v2/repository/index")).body.find(({ name }: { name: string }) => name === model).reason;

test("a file that is overwritten in place in 20 pieces answers as the old or the new one, never as both", async () => {
  const size = Math.ceil(second.length / 20);
  const seen = new Set<number>();
  for (let at = 0; at < second.length; at += size) {
    const blend = Buffer.concat([second.subarray(0, at + size), first.subarray(at + size)]);
    writeFileSync(file, blend);
    for (const until = performance.now() + 60; performance.now() < until; ) seen.add(who(await ask()));
  }
  await expect.poll(async () => who(await ask())).toBe(1);
  expect([...seen].every((index) => index >= 0)).toBe(true);
});

test("a file without a checksum is loaded once it has been left alone for a second", async () => {
  const entry = first.lastIndexOf("stiffnet.checksum") - 4;
  const old = first.subarray(0, entry);
  const began = performance.now();
  writeFileSync(join(repository, "old.onnx"), old);
  await expect.poll(async () => (await server.inject("/v2/models/old/ready")).statusCode).toBe(200);
  expect(performance.now() - began).toBeGreaterThan(900);
  // One that was written long ago needs no patience.
  const aged = join(folder, "aged.onnx");
  writeFileSync(aged, old);
  utimesSync(aged, 1e9, 1e9);
  const other = await createServer([aged], { workers: 1, log: "silent" });
  expect((await other.inject("/v2/models/aged/ready")).statusCode).toBe(200);
  await other.close();
});

test("of what is wrong with a file clients hear without the server's folders", async () => {
  writeFileSync(join(repository, "wrong.onnx"), "wrong");
  await expect.poll(async () => (await post("/v2/repository/index")).body.length).toBe(3);
  const { status, body } = await post("/v2/repository/models/wrong/load");
  expect(status).toBe(400);
  expect(body.error).toContain("wrong.onnx: not an ONNX file");
  expect(body.error).not.toContain(folder);
  expect(await reasonOf("wrong")).not.toContain(folder);
});

test("a file above --max-model is refused before it is read", async () => {
  writeFileSync(join(repository, "huge.onnx"), Buffer.alloc(100_001));
  await expect
    .poll(() => reasonOf("huge").catch(() => ""))
    .toContain("100001 bytes, expected at most 100000");
});

test("a name that stands twice is counted, and the others are still looked after", async () => {
  const failures = async (): Promise<number> => {
    const { body } = await server.inject("/metrics");
    return Number(
      /stiffnet_model_load_failures_total\{model="land",version="1"\} (\d+)/.exec(body)?.[1] ?? 0,
    );
  };
  const [before, answers] = [await failures(), who(await ask())];
  mkdirSync(join(repository, "land", "1"), { recursive: true });
  copyFileSync(file, join(repository, "land", "1", "model.onnx"));
  copyFileSync(file, join(repository, "later.onnx"));
  await expect.poll(async () => (await server.inject("/v2/models/later/ready")).statusCode).toBe(200);
  expect(await failures()).toBe(before + 1);
  expect(who(await ask())).toBe(answers);
});

test("onnxruntime leaves nothing on this machine", () => {
  const home = mkdtempSync(join(folder, "home-"));
  const script = `
    import { createServer } from "stiffnet-serve";
    const server = await createServer([${JSON.stringify(file)}], { workers: 1 });
    await server.close();
    process.exit(0);`;
  execFileSync(process.execPath, ["--input-type=module", "-e", script], {
    cwd: join(import.meta.dirname, ".."),
    env: { PATH: process.env.PATH, HOME: home, TMPDIR: home, XDG_CACHE_HOME: home },
  });
  expect(readdirSync(home)).toEqual([]);
});
