import { unavailable } from "../errors.ts";
import { type Batch, batchOf, type Job } from "./batch.ts";

/** What waits to be run, and what of each model is not answered yet. */
export interface Queue {
  readonly length: number;
  /** Rows that wait. */
  readonly rows: number;
  /** The model of the oldest. */
  readonly nextKey: string | undefined;
  push(job: Job): void;
  take(maxRows: number): Batch | undefined;
  /** These are answered. */
  settle(jobs: readonly Job[]): void;
  /** Resolves once nothing of a model waits or runs. */
  idle(key: string): Promise<void>;
  /** Refuses all that waits. */
  close(): void;
}

export function createQueue(): Queue {
  const jobs: Job[] = [];
  let rows = 0;
  /** Of each model, how many wait or run. */
  const pending = new Map<string, number>();
  const whenIdle = new Map<string, () => void>();

  function settle(key: string): void {
    const left = pending.get(key)! - 1;
    if (left > 0) {
      pending.set(key, left);
      return;
    }
    pending.delete(key);
    whenIdle.get(key)?.();
    whenIdle.delete(key);
  }

  return {
    get length() {
      return jobs.length;
    },
    get rows() {
      return rows;
    },
    get nextKey() {
      return jobs[0]?.key;
    },
    push(job) {
      pending.set(job.key, (pending.get(job.key) ?? 0) + 1);
      rows += job.rows.length / job.columns;
      jobs.push(job);
    },
    take(maxRows) {
      const batch = batchOf(jobs, maxRows, (dropped) => {
        rows -= dropped.rows.length / dropped.columns;
        settle(dropped.key);
      });
      rows -= batch?.dims[0] ?? 0;
      return batch;
    },
    settle: (settled) => settled.forEach(({ key }) => void settle(key)),
    idle: (key) =>
      pending.has(key) ? new Promise((resolve) => whenIdle.set(key, resolve)) : Promise.resolve(),
    close() {
      for (const job of jobs.splice(0)) job.reject(unavailable("the server is shutting down"));
    },
  };
}
