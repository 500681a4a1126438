import { Worker } from "node:worker_threads";
import { type Batch, batchOf, type Job, type OutputTensor, type Rows, split } from "./batch.ts";
import { HttpError, unavailable } from "./errors.ts";

export interface PoolOptions {
  readonly workers: number;
  /** Requests that may wait; one more is refused with 503. */
  readonly maxQueue: number;
  /** Rows that are run at once. */
  readonly maxBatch: number;
}

export interface RunOptions {
  /** Milliseconds since the epoch of `performance`; a request that is still waiting then is answered with 503. */
  readonly deadline?: number;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal?: AbortSignal;
}

/** Worker threads behind one bounded queue. */
export interface Pool {
  load(key: string, bytes: Uint8Array): Promise<void>;
  /** Forgets a model once every request that was made with it has been answered. */
  unload(key: string): Promise<void>;
  run(
    key: string,
    rows: Rows,
    columns: number,
    outputs: readonly string[],
    options?: RunOptions,
  ): Promise<OutputTensor[]>;
  readonly state: PoolState;
  /** Ends one worker at once, as a crash would; it is replaced. */
  kill(index: number): Promise<void>;
  close(): Promise<void>;
}

export interface PoolState {
  /** Workers that can run now. */
  readonly ready: number;
  readonly waiting: number;
  readonly restarts: number;
  /** Batches run, and rows in them. */
  readonly batches: number;
  readonly rows: number;
}

interface Slot {
  worker: Worker;
  ready: boolean;
  batch: Batch | undefined;
  failures: number;
  calls: Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>;
}

const script = new URL("../worker/inference.js", import.meta.url);

/** Starts the workers. A free worker takes the oldest waiting request together with all that wait for the same model, up to
 *  `maxBatch` rows: batches grow with the load and no request waits for company. */
export async function createPool({ workers, maxQueue, maxBatch }: PoolOptions): Promise<Pool> {
  const models = new Map<string, Uint8Array>();
  const queue: Job[] = [];
  const counts = { restarts: 0, batches: 0, rows: 0, calls: 0 };
  const idle = new Map<string, () => void>();
  let closed = false;
  let scheduled = false;

  const slots = Array.from(
    { length: workers },
    (): Slot => ({
      worker: undefined as unknown as Worker,
      ready: false,
      batch: undefined,
      failures: 0,
      calls: new Map(),
    }),
  );
  await Promise.all(slots.map(start));

  async function start(slot: Slot): Promise<void> {
    const worker = new Worker(script);
    slot.worker = worker;
    slot.calls = new Map();
    worker.on("message", ({ id, result, error }: { id: number; result?: unknown; error?: string }) => {
      const call = slot.calls.get(id);
      slot.calls.delete(id);
      if (error === undefined) call?.resolve(result);
      else call?.reject(new HttpError(500, `onnxruntime: ${error}`));
    });
    // 'exit' follows and does the work; without a listener an error would end the process.
    worker.on("error", () => {});
    worker.once("exit", () => replace(slot, worker));
    try {
      for (const [key, bytes] of models) await call(slot, { do: "load", key, bytes });
    } catch {
      await worker.terminate();
      return;
    }
    slot.ready = true;
    schedule();
  }

  function replace(slot: Slot, worker: Worker): void {
    if (slot.worker !== worker) return;
    slot.ready = false;
    const lost = unavailable("the worker that ran this request stopped; try again");
    for (const pending of slot.calls.values()) pending.reject(lost);
    if (closed) return;
    counts.restarts++;
    // At once after a single crash, later and later where a worker never gets to run.
    setTimeout(() => closed || start(slot), Math.min(5000, 100 * (slot.failures++) ** 2)).unref();
  }

  function call(slot: Slot, message: Record<string, unknown>): Promise<unknown> {
    const id = ++counts.calls;
    return new Promise((resolve, reject) => {
      slot.calls.set(id, { resolve, reject });
      slot.worker.postMessage({ id, ...message });
    });
  }

  /** After the requests of this turn of the event loop have arrived. */
  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      for (const slot of slots) {
        if (queue.length === 0) break;
        if (!slot.ready || slot.batch) continue;
        const batch = batchOf(queue, maxBatch, settled);
        if (batch) void runBatch(slot, batch);
      }
    });
  }

  async function runBatch(slot: Slot, batch: Batch): Promise<void> {
    slot.batch = batch;
    try {
      const { key, rows, dims, outputs } = batch;
      const results = (await call(slot, { do: "run", key, rows, dims, outputs })) as OutputTensor[];
      slot.failures = 0;
      counts.batches++;
      counts.rows += dims[0]!;
      split(batch, results);
    } catch (error) {
      for (const job of batch.jobs) job.reject(error as Error);
    }
    slot.batch = undefined;
    for (const job of batch.jobs) settled(job);
    schedule();
  }

  const pendingOf = new Map<string, number>();
  function settled(job: Job): void {
    const left = pendingOf.get(job.key)! - 1;
    pendingOf.set(job.key, left);
    if (left === 0) idle.get(job.key)?.();
  }

  return {
    async load(key, bytes) {
      models.set(key, bytes);
      try {
        await Promise.all(
          slots.filter((slot) => slot.ready).map((slot) => call(slot, { do: "load", key, bytes })),
        );
      } catch (error) {
        models.delete(key);
        throw error;
      }
    },
    async unload(key) {
      if (!models.has(key)) return;
      if (pendingOf.get(key)) await new Promise<void>((resolve) => idle.set(key, resolve));
      models.delete(key);
      idle.delete(key);
      pendingOf.delete(key);
      const ready = slots.filter((slot) => slot.ready);
      await Promise.allSettled(ready.map((slot) => call(slot, { do: "unload", key })));
    },
    run(key, rows, columns, outputs, options = {}) {
      if (closed) return Promise.reject(unavailable("the server is shutting down"));
      if (queue.length >= maxQueue) {
        return Promise.reject(unavailable(`${queue.length} requests are waiting already; try again later`));
      }
      pendingOf.set(key, (pendingOf.get(key) ?? 0) + 1);
      return new Promise((resolve, reject) => {
        queue.push({ key, rows, columns, outputs, resolve, reject, ...options });
        schedule();
      });
    },
    get state() {
      const { restarts, batches, rows } = counts;
      return {
        ready: slots.filter(({ ready }) => ready).length,
        waiting: queue.length,
        restarts,
        batches,
        rows,
      };
    },
    async kill(index) {
      await slots[index]!.worker.terminate();
    },
    async close() {
      closed = true;
      for (const job of queue.splice(0)) job.reject(unavailable("the server is shutting down"));
      await Promise.all(slots.map((slot) => slot.worker.terminate()));
    },
  };
}
