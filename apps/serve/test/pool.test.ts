import { readFileSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { Pool } from "../src/inference/pool.ts";
import { predictions } from "./expected.ts";
import { surrogate, writeEnsemble, writeModel } from "./service.ts";

let pool: Pool;
afterEach(() => pool.close());

async function start(options: Partial<Parameters<typeof Pool.start>[0]> = {}): Promise<void> {
  pool = await Pool.start({ workers: 1, maxQueue: 100, maxBatch: 8, atOnce: 0, ...options });
  await pool.load("a", readFileSync(await writeModel("pool.onnx")));
}
const row = Float32Array.from([700, 1, 1.2]);
const rows = (count: number) =>
  Float32Array.from({ length: 3 * count }, (_, k) => row[k % 3]! + Math.floor(k / 3) / 100);
const run = (data: Float32Array = row, options = {}) => pool.run("a", data, 3, ["outputs"], options);

test("requests that come together run as one batch", async () => {
  await start();
  await Promise.all(Array.from({ length: 8 }, () => run()));
  expect(pool.state).toMatchObject({ batches: 1, rows: 8, waiting: 0 });
});

test("little work is run without a worker, more than that is left to them", async () => {
  const path = await writeModel("pool-little.onnx");
  const bytes = readFileSync(path);
  await start({ workers: 1, maxBatch: 64, atOnce: bytes.length });
  await pool.kill(0);
  // The worker stops at the first batch that it is given: four rows never reach it while it is idle.
  const [here] = await run(rows(4));
  for (const [k, value] of predictions(surrogate(), [...rows(4)]).entries())
    expect(Math.abs(here!.data[k]! / value - 1)).toBeLessThan(1e-5);
  expect(pool.state).toMatchObject({ restarts: 0, batches: 1, rows: 4 });
  await expect(run(rows(5))).rejects.toMatchObject({ statusCode: 503 });
});

test("of many that wait a batch counts, not all", async () => {
  const { length } = readFileSync(await writeModel("pool-batch.onnx"));
  await start({ workers: 1, maxBatch: 4, atOnce: length });
  await pool.kill(0);
  await Promise.all(Array.from({ length: 12 }, () => run()));
  expect(pool.state).toMatchObject({ restarts: 0, batches: 3, rows: 12 });
});

test("a request of many rows is run in parts and comes back whole, members of an ensemble too", async () => {
  await start({ workers: 2 });
  await pool.load("e", readFileSync(await writeEnsemble("pool-ensemble.onnx")));
  const data = rows(21);
  const [members] = await pool.run("e", data, 3, ["outputs_members"]);
  expect(pool.state.batches).toBe(3);
  expect(members!.dims).toEqual([3, 21, 2]);
  const expected = [0, 1, 2].flatMap((trial) => predictions(surrogate(trial), [...data]));
  for (const [k, value] of expected.entries())
    expect(Math.abs(members!.data[k]! / value - 1)).toBeLessThan(1e-4);
});

test("one request more than may wait is refused with 503 and Retry-After", async () => {
  await start({ maxQueue: 3 });
  const accepted = [run(), run(), run()];
  await expect(run()).rejects.toMatchObject({
    statusCode: 503,
    headers: { "retry-after": "1" },
    message: expect.stringContaining("3 requests are waiting"),
  });
  expect(await Promise.all(accepted)).toHaveLength(3);
});

test("a request past its time is answered with 503, one that nobody wants is dropped", async () => {
  await start();
  // Far more than any machine answers in a millisecond; what is late is dropped.
  await expect(run(rows(8 * 40_000), { timeout: 1 })).rejects.toMatchObject({
    statusCode: 503,
    message: expect.stringContaining("within its time"),
  });
  await expect(run(row, { wanted: () => false })).rejects.toMatchObject({ statusCode: 503 });
  expect(await run()).toHaveLength(1);
});

test("a worker that crashes is replaced; what it ran is answered with 503, what waits is run by the next", async () => {
  await start({ maxBatch: 4 });
  await pool.kill(0);
  const replies = Array.from({ length: 40 }, () =>
    run().then(
      () => 200,
      (error) => error.statusCode,
    ),
  );
  const found = await Promise.all(replies);
  expect(found.filter((status) => status === 503)).toHaveLength(4);
  expect(found.filter((status) => status === 200)).toHaveLength(36);
  expect(pool.state).toMatchObject({ restarts: 1, ready: 1 });
});

test("a model is loaded although a worker stops meanwhile", async () => {
  await start({ maxBatch: 1 });
  await pool.kill(0);
  const lost = run().catch((error) => error.statusCode);
  // The crash comes with the batch, which stands before the loading.
  await new Promise((resolve) => setImmediate(resolve));
  await pool.load("b", readFileSync(await writeModel("pool-b.onnx", surrogate(1))));
  expect(await lost).toBe(503);
  const [outputs] = await pool.run("b", row, 3, ["outputs"]);
  expect(outputs!.data[1]! / predictions(surrogate(1), [...row])[1]!).toBeCloseTo(1, 4);
  expect(pool.state.restarts).toBe(1);
});

test("a model that onnxruntime cannot load is refused", async () => {
  await start();
  await expect(pool.load("c", new Uint8Array(10))).rejects.toMatchObject({
    message: expect.stringContaining("onnxruntime:"),
  });
  expect(await run()).toHaveLength(1);
});

test("a model is forgotten only after its requests are answered", async () => {
  await start({ maxBatch: 1 });
  const replies = Array.from({ length: 10 }, () => run());
  await pool.unload("a");
  expect(await Promise.all(replies)).toHaveLength(10);
  await expect(run()).rejects.toMatchObject({ statusCode: 500 });
});

test("closing answers what waits", async () => {
  await start({ maxBatch: 1 });
  const replies = Array.from({ length: 10 }, () =>
    run().then(
      () => 200,
      (error) => error.statusCode,
    ),
  );
  await pool.close();
  expect(new Set(await Promise.all(replies))).toEqual(new Set([503]));
  await expect(run()).rejects.toMatchObject({ statusCode: 503 });
});
