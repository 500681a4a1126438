import { Worker } from "node:worker_threads";
import { createSessions } from "../worker/sessions.js";
import { type Batch, batchOf, type Job, type OutputTensor, type Rows, split } from "./batch.ts";
import { type Answer, type Calls, createCalls } from "./calls.ts";
import { HttpError, unavailable } from "./errors.ts";
import { pushParts } from "./parts.ts";

export interface PoolOptions {
  readonly workers: number;
  /** Requests that may wait or run; one more is refused with 503. */
  readonly maxQueue: number;
  /** Rows that are run at once. */
  readonly maxBatch: number;
  /** What is run without a worker: all that waits, while its rows times the bytes of the model are no more than this.
   *  For a few rows of a small model the way to a worker and back takes longer than to run it. 4 MiB by default, which is
   *  about 2 million operations and a tenth of a millisecond, and four times that while no worker is at work; 0 for nothing. */
  readonly atOnce?: number;
}

interface RunOptions {
  /** Milliseconds after which a request is answered with 503, whether it waits or runs. */
  readonly timeout?: number | undefined;
  /** False once nobody waits for the answer any more: the request is then dropped from the queue. */
  readonly wanted?: () => boolean;
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
  /** Makes one worker crash in its next batch; it is replaced. */
  kill(index: number): Promise<void>;
  /** Lets the running batches end, then the workers. What waits is answered with 503. */
  close(): Promise<void>;
}

interface PoolState {
  /** Workers that can run now. */
  readonly ready: number;
  /** Requests that wait or run. */
  readonly waiting: number;
  readonly restarts: number;
  /** Batches run, and rows in them. */
  readonly batches: number;
  readonly rows: number;
}

/** A request that has no answer yet. */
interface Waiting {
  readonly deadline: number;
  late: boolean;
  readonly reject: (error: Error) => void;
}

interface Slot {
  worker: Worker;
  ready: boolean;
  batch: Batch | undefined;
  failures: number;
  calls: Calls;
}

/** Bounds the memory of waiting requests, which may have many rows each. */
const maxOutstandingRows = 2 ** 20;

const script = new URL("../worker/inference.js", import.meta.url);

/** Starts the workers. A free worker takes the oldest waiting request together with all that wait for the same model, up to
 *  `maxBatch` rows: batches grow with the load and no request waits for company. */
export async function createPool({
  workers,
  maxQueue,
  maxBatch,
  atOnce = 2 ** 22,
}: PoolOptions): Promise<Pool> {
  const own = createSessions();
  let ownBusy = false;
  const models = new Map<string, Uint8Array>();
  const queue: Job[] = [];
  let rowsQueued = 0;
  const counts = { restarts: 0, batches: 0, rows: 0 };
  const waiting = new Set<Waiting>();
  let rowsWaiting = 0;
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
      calls: undefined as unknown as Calls,
    }),
  );
  await Promise.all(slots.map(start));

  async function start(slot: Slot): Promise<void> {
    const worker = new Worker(script);
    slot.worker = worker;
    slot.calls = createCalls(
      (message) => worker.postMessage(message),
      ({ error }) => new HttpError(500, `onnxruntime: ${error}`),
    );
    worker.on("message", (answer: Answer) => slot.calls.take(answer));
    let reason = "";
    // 'exit' follows and does the work; without a listener an error would end the process.
    worker.on("error", (error) => {
      reason = ` (${String(error).split("\n", 1)[0]})`;
    });
    worker.once("exit", () => replace(slot, worker, reason));
    try {
      for (const [key, bytes] of models) await slot.calls.call({ do: "load", key, bytes });
    } catch {
      // It ended while it started (and is replaced), or cannot load a model that others could: a fresh one may.
      worker.postMessage({ do: "exit" });
      return;
    }
    slot.ready = true;
    schedule();
  }

  /** A worker that stops meanwhile is no reason to refuse a model: the one that follows it loads it as it starts. */
  async function loadInto(slot: Slot, key: string, bytes: Uint8Array): Promise<void> {
    const { worker } = slot;
    try {
      await slot.calls.call({ do: "load", key, bytes });
    } catch (error) {
      if (slot.worker === worker && slot.ready) throw error;
      for (const until = performance.now() + 10_000; !slot.ready || slot.worker === worker; ) {
        if (closed || performance.now() > until) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  function replace(slot: Slot, worker: Worker, reason: string): void {
    if (slot.worker !== worker) return;
    slot.ready = false;
    slot.calls.lose(unavailable(`the worker that ran this request stopped${reason}; try again`));
    if (closed) return;
    counts.restarts++;
    // At once after a single crash, later and later where a worker never gets to run.
    setTimeout(() => closed || start(slot), Math.min(5000, 100 * (slot.failures++) ** 2)).unref();
  }

  /** After the requests of this turn of the event loop have arrived. */
  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      if (!ownBusy && isLittle()) {
        const batch = nextBatch();
        if (batch) void runHere(batch);
      }
      for (const slot of slots) {
        if (queue.length === 0) break;
        if (!slot.ready || slot.batch || (ownBusy && isLittle())) continue;
        const batch = nextBatch();
        if (batch) void runBatch(slot, batch);
      }
    });
  }

  /** Whether all that waits is run sooner here than by a worker; the more so while no worker is at work. */
  function isLittle(): boolean {
    if (queue.length === 0) return false;
    const size = models.get(queue[0]!.key)?.length ?? Number.POSITIVE_INFINITY;
    return rowsQueued * size <= (slots.some(({ batch }) => batch) ? atOnce : 4 * atOnce);
  }

  function nextBatch(): Batch | undefined {
    const batch = batchOf(queue, maxBatch, (dropped) => {
      rowsQueued -= dropped.rows.length / dropped.columns;
      settled(dropped);
    });
    rowsQueued -= batch?.dims[0] ?? 0;
    return batch;
  }

  async function runHere(batch: Batch): Promise<void> {
    ownBusy = true;
    await finishWith(
      batch,
      own.run(batch).catch((error: Error) => {
        throw new HttpError(500, `onnxruntime: ${error.message}`);
      }),
    );
    ownBusy = false;
    if (queue.length > 0) schedule();
  }

  async function runBatch(slot: Slot, batch: Batch): Promise<void> {
    slot.batch = batch;
    const { key, rows, dims, outputs } = batch;
    const good = await finishWith(
      batch,
      slot.calls.call({ do: "run", key, rows, dims, outputs }) as Promise<OutputTensor[]>,
    );
    if (good) slot.failures = 0;
    slot.batch = undefined;
    if (queue.length > 0) schedule();
  }

  /** Answers the requests of a batch; false where it failed. */
  async function finishWith(batch: Batch, running: Promise<OutputTensor[]>): Promise<boolean> {
    let good = true;
    try {
      const results = await running;
      counts.batches++;
      counts.rows += batch.dims[0];
      split(batch, results);
    } catch (error) {
      good = false;
      for (const job of batch.jobs) job.reject(error as Error);
    }
    for (const job of batch.jobs) settled(job);
    return good;
  }

  /** By a message, which waits for the batch that runs: onnxruntime does not survive `terminate` in the middle of one. */
  function end({ worker }: Slot): Promise<void> {
    if (worker.threadId < 0) return Promise.resolve();
    worker.postMessage({ do: "exit" });
    return new Promise((resolve) => worker.once("exit", () => resolve()));
  }

  function refuse(count: number): Error | undefined {
    if (closed) return unavailable("the server is shutting down");
    if (waiting.size >= maxQueue)
      return unavailable(`${waiting.size} requests are waiting already; try again later`);
    if (waiting.size > 0 && rowsWaiting + count > maxOutstandingRows) {
      return unavailable(`${rowsWaiting} rows are waiting already; try again later`);
    }
    return undefined;
  }

  // One look at all of them now and then is cheaper than a timer for each.
  const sweep = setInterval(() => {
    const now = performance.now();
    for (const request of waiting) {
      if (request.deadline > now) continue;
      request.late = true;
      request.reject(unavailable("the request was not answered within its time"));
    }
  }, 10).unref();

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
        await own.load(key, bytes).catch((error: Error) => {
          throw new HttpError(500, `onnxruntime: ${error.message}`);
        });
        await Promise.all(slots.filter((slot) => slot.ready).map((slot) => loadInto(slot, key, bytes)));
      } catch (error) {
        models.delete(key);
        await own.unload(key);
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
      await Promise.allSettled([
        own.unload(key),
        ...ready.map((slot) => slot.calls.call({ do: "unload", key })),
      ]);
    },
    run(key, rows, columns, outputs, { timeout = Number.POSITIVE_INFINITY, wanted = () => true } = {}) {
      const count = rows.length / columns;
      const refusal = refuse(count);
      if (refusal) return Promise.reject(refusal);
      return new Promise((resolve, reject) => {
        const request: Waiting = {
          deadline: performance.now() + timeout,
          late: false,
          reject: finish(reject),
        };
        waiting.add(request);
        rowsWaiting += count;
        /** Once, whatever comes first: the answer, an error or the deadline. */
        function finish<T>(settle: (value: T) => void): (value: T) => void {
          return (value) => {
            if (waiting.delete(request)) rowsWaiting -= count;
            settle(value);
          };
        }
        const push = (part: Rows, done: (results: OutputTensor[]) => void): void => {
          pendingOf.set(key, (pendingOf.get(key) ?? 0) + 1);
          const { reject } = request;
          rowsQueued += part.length / columns;
          queue.push({
            key,
            rows: part,
            columns,
            outputs,
            resolve: done,
            reject,
            wanted: () => !request.late && wanted(),
          });
        };
        const whole = finish(resolve);
        if (count <= maxBatch) push(rows, whole);
        else pushParts(rows, maxBatch * columns, push, whole);
        schedule();
      });
    },
    get state() {
      const { restarts, batches, rows } = counts;
      return {
        ready: slots.filter(({ ready }) => ready).length,
        waiting: waiting.size,
        restarts,
        batches,
        rows,
      };
    },
    async kill(index) {
      await slots[index]!.calls.call({ do: "crash" });
    },
    async close() {
      closed = true;
      clearInterval(sweep);
      for (const job of queue.splice(0)) job.reject(unavailable("the server is shutting down"));
      await Promise.all(slots.map(end));
    },
  };
}
