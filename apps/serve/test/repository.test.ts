import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createServer } from "../src/index.ts";
import { predictions } from "./expected.ts";
import { folder, surrogate, writeModel } from "./service.ts";

let server: FastifyInstance;
let first: string;
let second: string;
const repository = mkdtempSync(join(folder, "repository-"));

function place(file: string, name: string, version: string): void {
  const target = join(repository, name, version, "model.onnx");
  mkdirSync(join(repository, name, version), { recursive: true });
  copyFileSync(file, `${target}.tmp`);
  renameSync(`${target}.tmp`, target);
}

beforeAll(async () => {
  first = await writeModel("first.onnx", surrogate(0));
  second = await writeModel("second.onnx", surrogate(1));
  place(first, "land", "1");
  copyFileSync(first, join(repository, "flat.onnx"));
  server = await createServer([repository], { workers: 1, log: "silent", watch: 20 });
});
afterAll(() => server.close());

const post = async (url: string, body?: object) => {
  const reply = await server.inject({ method: "POST", url, ...(body && { payload: JSON.stringify(body) }) });
  return { status: reply.statusCode, body: reply.json() };
};
const index = async () => (await post("/v2/repository/index")).body;
const gpp = async (model = "land"): Promise<number> => {
  const inputs = { rainfall: 700, "soil depth": 1, Q10: 1.2 };
  return (await post("/predict", { model, inputs })).body.outputs?.GPP;
};
const expected = (trial: number) => predictions(surrogate(trial), [700, 1, 1.2])[0]!;
const close = (value: number, trial: number) => Math.abs(value / expected(trial) - 1) < 1e-4;

let marks = 0;
/** Waits until the server has read the whole repository as it is now. It must find two files, and the second
 *  is written after it has found the first. */
async function looked(): Promise<void> {
  for (let mark = 0; mark < 2; mark++) {
    const name = `mark${++marks}`;
    place(first, name, "1");
    const ready = async () => (await server.inject({ url: `/v2/models/${name}/ready` })).statusCode;
    await expect.poll(ready, { interval: 5 }).toBe(200);
  }
}

test("the index lists what is on disk", async () => {
  expect(await index()).toEqual([
    { name: "flat", version: "1", state: "READY", reason: "" },
    { name: "land", version: "1", state: "READY", reason: "" },
  ]);
});

test("a new version is picked up while requests run, and none of them fails", async () => {
  expect(close(await gpp(), 0)).toBe(true);
  place(second, "land", "2");
  let value = await gpp();
  await expect
    .poll(async () => {
      value = await gpp();
      expect(close(value, 0) || close(value, 1)).toBe(true);
      return close(value, 1);
    })
    .toBe(true);
  const { versions } = (await server.inject({ url: "/v2/models/land" })).json();
  expect(versions).toEqual(["1", "2"]);
});

test("a file that was replaced is swapped in; one that cannot be read leaves the last good one", async () => {
  place(first, "land", "2");
  await expect.poll(async () => close(await gpp(), 0)).toBe(true);
  writeFileSync(join(repository, "land", "2", "model.onnx"), "half a file");
  await looked();
  expect(close(await gpp(), 0)).toBe(true);
  expect(await post("/v2/repository/models/land/load")).toMatchObject({
    status: 400,
    body: { error: expect.stringContaining("not an ONNX file") },
  });
  expect(close(await gpp(), 0)).toBe(true);
});

test("a version whose file is gone is dropped", async () => {
  rmSync(join(repository, "land", "2"), { recursive: true });
  await expect
    .poll(async () => (await server.inject({ url: "/v2/models/land" })).json().versions)
    .toEqual(["1"]);
});

test("unload and load", async () => {
  expect(await post("/v2/repository/models/flat/unload")).toEqual({
    status: 200,
    body: { name: "flat", unload: true },
  });
  expect((await server.inject({ url: "/v2/models/flat/ready" })).statusCode).toBe(404);
  await looked();
  expect((await index()).find(({ name }: { name: string }) => name === "flat")).toEqual({
    name: "flat",
    version: "1",
    state: "UNAVAILABLE",
    reason: "unloaded",
  });
  const { body } = await post("/v2/repository/index", { ready: true });
  expect(body.map(({ name }: { name: string }) => name)).toContain("land");
  expect(body.map(({ name }: { name: string }) => name)).not.toContain("flat");
  expect(await post("/v2/repository/models/flat/load", {})).toMatchObject({ status: 200 });
  expect(close(await gpp("flat"), 0)).toBe(true);
  expect(await post("/v2/repository/models/none/load")).toMatchObject({ status: 404 });
  expect(await post("/v2/repository/models/none/unload")).toMatchObject({ status: 404 });
});

test("reloads lose no request", async () => {
  let failed = 0;
  let asked = 0;
  let busy = true;
  const load = (async () => {
    for (let k = 0; k < 10 || asked < 10 * 16; k++)
      expect((await post("/v2/repository/models/flat/load")).status).toBe(200);
    busy = false;
  })();
  while (busy) {
    const answers = await Promise.all(Array.from({ length: 16 }, () => gpp("flat")));
    asked += answers.length;
    failed += answers.filter((value) => !close(value, 0)).length;
  }
  await load;
  expect(failed).toBe(0);
});

test("a model of a folder that is gone is 404", async () => {
  renameSync(repository, `${repository}-away`);
  const reply = await post("/v2/repository/models/flat/load");
  renameSync(`${repository}-away`, repository);
  expect(reply).toMatchObject({
    status: 404,
    body: { error: expect.stringContaining("no such file or folder") },
  });
  expect(close(await gpp("flat"), 0)).toBe(true);
});

test("a file that is moved away is dropped, and loaded again when it is back", async () => {
  const [here, away] = [join(repository, "flat.onnx"), join(repository, "flat.moved")];
  renameSync(here, away);
  const status = async () => (await server.inject({ url: "/v2/models/flat/ready" })).statusCode;
  await expect.poll(status).toBe(404);
  renameSync(away, here);
  await expect.poll(status).toBe(200);
});

test("a folder that is empty for a moment drops nothing", async () => {
  const aside = `${repository}-aside`;
  renameSync(repository, aside);
  mkdirSync(repository);
  // Longer than a file may be missing.
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(close(await gpp("flat"), 0)).toBe(true);
  rmSync(repository, { recursive: true });
  renameSync(aside, repository);
  await looked();
  expect(close(await gpp("flat"), 0)).toBe(true);
});

test("a version that cannot be loaded is told in the index, in the log and in the metrics, once", async () => {
  const folderOf = join(repository, "land", "9");
  mkdirSync(folderOf, { recursive: true });
  writeFileSync(join(folderOf, "model.onnx"), "half a file");
  await looked();
  const entry = (await index()).find(({ version }: { version: string }) => version === "9");
  expect(entry).toMatchObject({
    state: "UNAVAILABLE",
    reason: expect.stringMatching(/model\.onnx: not an ONNX/),
  });
  const { body } = await server.inject({ url: "/metrics" });
  expect(body).toContain('stiffnet_model_load_failures_total{model="land",version="9"} 1\n');
  rmSync(folderOf, { recursive: true });
});

test("links are followed, as a mounted ConfigMap has them, and a link that is turned is a new version", async () => {
  const mount = mkdtempSync(join(folder, "mount-"));
  for (const [k, file] of [first, second].entries()) {
    mkdirSync(join(mount, `..data_${k}`));
    copyFileSync(file, join(mount, `..data_${k}`, "climate.onnx"));
  }
  symlinkSync("..data_0", join(mount, "..data"));
  symlinkSync(join("..data", "climate.onnx"), join(mount, "climate.onnx"));
  const mounted = await createServer([mount], { workers: 1, log: "silent", watch: 20 });
  const inputs = { rainfall: 700, "soil depth": 1, Q10: 1.2 };
  const ask = async () =>
    (await mounted.inject({ method: "POST", url: "/predict", payload: { inputs } })).json().outputs.GPP;
  expect(close(await ask(), 0)).toBe(true);
  expect((await mounted.inject({ url: "/v2/models" })).json()).toEqual({ models: ["climate"] });
  symlinkSync("..data_1", join(mount, "..next"));
  renameSync(join(mount, "..next"), join(mount, "..data"));
  await expect.poll(async () => close(await ask(), 1)).toBe(true);
  await mounted.close();
});

test("one broken version does not end the start, but with strict", async () => {
  const mixed = mkdtempSync(join(folder, "mixed-"));
  copyFileSync(first, join(mixed, "good.onnx"));
  writeFileSync(join(mixed, "bad.onnx"), "half a file");
  const options = { workers: 1, log: "silent", watch: 0 } as const;
  const mild = await createServer([mixed], options);
  expect((await mild.inject({ url: "/v2/models" })).json()).toEqual({ models: ["good"] });
  await mild.close();
  await expect(createServer([mixed], { ...options, strict: true })).rejects.toThrow(
    "bad.onnx: not an ONNX file",
  );
  rmSync(join(mixed, "good.onnx"));
  await expect(createServer([mixed], options)).rejects.toThrow("bad.onnx: not an ONNX file");
});
