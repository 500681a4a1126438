import { EventEmitter } from "node:events";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Budget } from "../src/budget.ts";
import type { Job } from "../src/inference/batch.ts";
import { Pool } from "../src/inference/pool.ts";
import { Queue } from "../src/inference/queue.ts";
import { predictions } from "./expected.ts";
import { surrogate, writeModel } from "./service.ts";

const job = (rows: number, key = "a", wanted = () => true): Job => ({
  key,
  rows: new Float32Array(rows),
  columns: 1,
  outputs: ["outputs"],
  since: 0,
  wanted,
  resolve: () => {},
  reject: () => {},
});

/** The rows of each request in the batches that are taken. */
function taken(queue: Queue, most = 100): number[][] {
  const found: number[][] = [];
  for (let batch = queue.take(); batch && found.length < most; batch = queue.take()) {
    found.push(batch.jobs.map(({ rows }) => rows.length));
  }
  return found;
}

test("one row behind sixteen large requests is in the next batch", () => {
  const queue = new Queue(256);
  for (let k = 0; k < 16; k++) queue.push(job(65_536));
  queue.take();
  queue.push(job(1));
  expect(taken(queue, 2)).toContainEqual([1]);
});

test("small and large take turns, and the large ones among each other", () => {
  const queue = new Queue(8);
  queue.push(job(20));
  queue.push(job(12));
  for (let k = 0; k < 9; k++) queue.push(job(2));
  expect(taken(queue)).toEqual([[2, 2, 2, 2], [8], [2, 2, 2, 2], [8], [2], [8], [4], [4]]);
  expect(queue.length).toBe(0);
});

test("a part that leaves room is filled with small ones of its model", () => {
  const queue = new Queue(8);
  queue.push(job(5));
  queue.push(job(1, "b"));
  queue.push(job(2));
  expect(taken(queue)).toEqual([[1], [5, 2]]);
});

test("a model has nothing that waits when all its parts are taken, or nobody wants them", () => {
  const queue = new Queue(4);
  let wanted = true;
  queue.push(job(12, "a", () => wanted));
  queue.push(job(1, "b"));
  queue.take(true);
  expect([queue.has("a"), queue.has("b")]).toEqual([true, false]);
  queue.take();
  expect(queue.has("a")).toBe(true);
  wanted = false;
  expect(queue.take()).toBeUndefined();
  expect(queue.has("a")).toBe(false);
});

test("large requests do not shut small ones out", () => {
  const budget = new Budget(16_000_000);
  for (let k = 0; k < 14; k++) budget.share(new EventEmitter()).take(1_000_000);
  expect(() => budget.share(new EventEmitter()).take(1_000_000)).toThrow("hold 14000000 already");
  budget.share(new EventEmitter()).take(60_000);
  expect(budget.held).toBe(14_060_000);
});

test("a request of one row is answered before any of sixteen large ones that came first", async () => {
  const pool = await Pool.start({ workers: 1, maxQueue: 100, maxBatch: 64, atOnce: 0 });
  await pool.load("a", readFileSync(await writeModel("fair.onnx")));
  const order: string[] = [];
  const ask = async (name: string, rows: number) => {
    const data = Float32Array.from({ length: 3 * rows }, (_, k) => [700, 1, 1.2][k % 3]!);
    const [outputs] = await pool.run("a", data, 3, ["outputs"]);
    order.push(name);
    const expected = predictions(surrogate(), [700, 1, 1.2]);
    expect(outputs!.dims).toEqual([rows, 2]);
    for (const k of [0, 2 * rows - 1]) expect(outputs!.data[k]! / expected[k % 2]!).toBeCloseTo(1, 4);
  };
  const large = Array.from({ length: 16 }, () => ask("large", 6400));
  await Promise.all([...large, ask("small", 1)]);
  expect(order.indexOf("small")).toBe(0);
  await pool.close();
});
