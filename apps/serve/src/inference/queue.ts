import { unavailable } from "../errors.ts";
import { type Batch, batchOf, type Job } from "./batch.ts";
import { createLargeRequest, type LargeRequest } from "./large-request.ts";

/** Requests that wait. Small requests and the parts of large ones take turns, and so do large requests. So a
 *  small request waits only for the batches that run and for one part of a large request. */
export interface Queue {
  readonly length: number;
  readonly large: number;
  /** The small ones that wait, or all where there are none: their rows, and the model of the first. */
  readonly next: { readonly key: string; readonly rows: number } | undefined;
  push(job: Job): void;
  /** The next batch. With `smallFirst` small requests always have their turn. */
  take(smallFirst?: boolean): Batch | undefined;
  /** These are answered. */
  settle(jobs: readonly Job[]): void;
  /** Resolves once nothing of a model waits or runs. */
  idle(key: string): Promise<void>;
  /** Refuses all that waits. */
  close(): void;
}

/** @param maxRows Rows of a batch. */
export function createQueue(maxRows: number): Queue {
  const small: Job[] = [];
  let smallRows = 0;
  const large: LargeRequest[] = [];
  let largesTurn = false;
  const pending = createPending();
  const rowsOf = ({ rows, columns }: Job): number => rows.length / columns;

  function dropped(job: Job): void {
    smallRows -= rowsOf(job);
    pending.settle(job.key);
  }

  /** The next part of the large request whose turn it is. */
  function takePart(): Job | undefined {
    for (let request = large.shift(); request; request = large.shift()) {
      const { job } = request;
      if (!job.wanted()) {
        job.reject(unavailable("the client has stopped waiting for this request"));
        for (let k = request.left; k > 0; k--) pending.settle(job.key);
        continue;
      }
      const part = request.takePart();
      if (request.left > 0) large.push(request);
      return part;
    }
    return undefined;
  }

  return {
    get length() {
      return small.length + large.length;
    },
    get large() {
      return large.length;
    },
    get next() {
      if (small[0]) return { key: small[0].key, rows: smallRows };
      if (!large[0]) return undefined;
      return { key: large[0].job.key, rows: large.reduce((sum, { job }) => sum + rowsOf(job), 0) };
    },
    push(job) {
      // Four and more of them fit into a batch.
      if (4 * rowsOf(job) <= maxRows || rowsOf(job) === 1) {
        smallRows += rowsOf(job);
        small.push(job);
        pending.add(job.key, 1);
        return;
      }
      const request = createLargeRequest(job, maxRows);
      large.push(request);
      pending.add(job.key, request.left);
    },
    take(smallFirst = false) {
      const part = small.length > 0 && (smallFirst || !largesTurn) ? undefined : takePart();
      largesTurn = part === undefined;
      const batch = batchOf(small, maxRows, dropped, part);
      if (batch) smallRows -= batch.dims[0] - (part ? rowsOf(part) : 0);
      return batch;
    },
    settle(jobs) {
      for (const { key } of jobs) pending.settle(key);
    },
    idle: (key) => pending.idle(key),
    close() {
      for (const job of [...small.splice(0), ...large.splice(0).map((request) => request.job)]) {
        job.reject(unavailable("the server is shutting down"));
      }
    },
  };
}

/** Waiting and running work of each model. */
function createPending() {
  const counts = new Map<string, number>();
  const whenIdle = new Map<string, () => void>();
  return {
    add: (key: string, count: number) => counts.set(key, (counts.get(key) ?? 0) + count),
    settle(key: string): void {
      const left = counts.get(key)! - 1;
      if (left > 0) {
        counts.set(key, left);
        return;
      }
      counts.delete(key);
      whenIdle.get(key)?.();
      whenIdle.delete(key);
    },
    idle: (key: string): Promise<void> =>
      counts.has(key) ? new Promise((resolve) => whenIdle.set(key, resolve)) : Promise.resolve(),
  };
}
