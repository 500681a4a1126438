import { createSessions } from "../../worker/sessions.js";
import { HttpError, unavailable } from "../errors.ts";
import { type Batch, type Job, type OutputTensor, padded, type Rows, split } from "./batch.ts";
import { Queue } from "./queue.ts";
import type { BatchTimes } from "./statistics.ts";
import { WorkerPlace } from "./worker.ts";

export interface PoolOptions {
  readonly workers: number;
  /** Requests that may wait or run; one more is refused with 503. */
  readonly maxQueue: number;
  /** Rows that are run at once. */
  readonly maxBatch: number;
  /** A batch is run without a worker if its rows times the bytes of the model are at most this. While all
   *  workers are idle the limit is four times higher. `usuallyAtOnce` by default; 0 uses workers only. */
  readonly atOnce?: number;
  /** Whether a row's answer is the same to the bit whatever it is run with; see `fullVectors`. */
  readonly deterministic?: boolean | undefined;
  /** Told of every batch that was run. */
  readonly ran?: ((times: BatchTimes) => void) | undefined;
}

/** Sending a few rows to a worker takes longer than running a small model on them. A batch of 4 MiB takes
 *  less than a tenth of a millisecond. */
export const usuallyAtOnce = 2 ** 22;

interface RunOptions {
  /** A waiting or running request gets 503 after so many milliseconds. */
  readonly timeout?: number | undefined;
  /** False once nobody waits for the answer any more: the request is then dropped from the queue. */
  readonly wanted?: () => boolean;
  /** Told of each part of the request that has been run; times are those of performance.now(). */
  readonly ran?: Job["ran"];
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

/** Batches hold a multiple of so many rows in deterministic mode. onnxruntime computes exp and sin
 *  differently for numbers that do not fill a vector register. So the last bits of a row depend on its place
 *  in a batch that is not such a multiple. */
const fullVectors = 16;

/** Worker threads behind one bounded queue. A free worker takes the oldest waiting request together with all
 *  that wait for the same model, up to `maxBatch` rows. So batches grow with the load, and no request waits
 *  for others. Large requests take turns with small ones. */
export class Pool {
  private readonly options: PoolOptions & { readonly atOnce: number };
  private readonly models = new Map<string, Uint8Array>();
  private readonly queue: Queue;
  private waiting = 0;
  private closed = false;
  private readonly counts = { batches: 0, rows: 0 };
  private readonly running = new Set<Batch>();
  private readonly own = createSessions();
  private ownBusy = false;
  private readonly places: readonly WorkerPlace[];
  private scheduled = false;

  private constructor(options: PoolOptions) {
    this.options = { atOnce: usuallyAtOnce, ...options };
    this.queue = new Queue(options.maxBatch);
    const onReady = (): void => this.schedule();
    this.places = Array.from({ length: options.workers }, () => new WorkerPlace(this.models, onReady));
  }

  static async start(options: PoolOptions): Promise<Pool> {
    const pool = new Pool(options);
    await Promise.all(pool.places.map((place) => place.begin()));
    return pool;
  }

  async load(key: string, bytes: Uint8Array): Promise<void> {
    this.models.set(key, bytes);
    try {
      if (this.isSmall(bytes)) await this.own.load(key, bytes).catch(asRuntimeError);
      // One worker at a time, so that the other workers keep answering.
      for (const place of this.places) await place.load(key, bytes);
    } catch (error) {
      this.models.delete(key);
      await this.own.unload(key);
      throw error;
    }
  }

  /** Whether a row of the model may ever be run here. */
  private isSmall({ length }: Uint8Array): boolean {
    return length <= 4 * this.options.atOnce;
  }

  /** Forgets a model once every request that was made with it has been answered. */
  async unload(key: string): Promise<void> {
    if (!this.models.has(key)) return;
    while (this.queue.has(key) || [...this.running].some((batch) => batch.key === key)) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    this.models.delete(key);
    await Promise.allSettled([this.own.unload(key), ...this.places.map((place) => place.unload(key))]);
  }

  /** Runs rows of a model. Rejects with 503 where too many requests wait, or the time is over. */
  async run(
    key: string,
    rows: Rows,
    columns: number,
    outputs: readonly string[],
    { timeout = Number.POSITIVE_INFINITY, wanted = () => true, ran }: RunOptions = {},
  ): Promise<OutputTensor[]> {
    if (this.closed) throw unavailable("the server is shutting down");
    if (this.waiting >= this.options.maxQueue) {
      throw unavailable(`${this.waiting} requests are waiting already; try again later`);
    }
    this.waiting++;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise((resolve, reject) => {
        let isLate = false;
        const end = (): void => {
          isLate = true;
          reject(unavailable("the request was not answered within its time", "late"));
        };
        if (Number.isFinite(timeout)) timer = setTimeout(end, timeout).unref();
        const isWanted = (): boolean => !isLate && wanted();
        const since = performance.now();
        this.queue.push({ key, rows, columns, outputs, since, ran, resolve, reject, wanted: isWanted });
        this.schedule();
      });
    } finally {
      clearTimeout(timer);
      this.waiting--;
    }
  }

  get state(): PoolState {
    return {
      ready: this.places.filter(({ ready }) => ready).length,
      waiting: this.waiting,
      restarts: this.places.reduce((sum, { restarts }) => sum + restarts, 0),
      ...this.counts,
    };
  }

  /** Makes one worker crash in its next batch; it is replaced. */
  kill(index: number): Promise<void> {
    return this.places[index]!.crash();
  }

  /** Lets the running batches end, then the workers. Waiting requests are answered with 503. */
  async close(): Promise<void> {
    this.closed = true;
    this.queue.close();
    await Promise.all(this.places.map((place) => place.close()));
  }

  /** After the requests of this turn of the event loop have arrived. */
  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      if (!this.ownBusy && this.isLittle()) void this.runHere();
      for (const place of this.places) {
        if (this.queue.length === 0) break;
        const leftToMe = this.ownBusy && this.queue.large === 0 && this.isLittle();
        if (place.ready && !place.busy && !leftToMe) void this.runBatch(place);
      }
    });
  }

  /** Whether what asks for little, or all that waits, is run sooner here than by a worker; the more so while
   *  none is at work. */
  private isLittle(): boolean {
    const { next } = this.queue;
    if (!next) return false;
    const { atOnce, maxBatch } = this.options;
    const size = this.models.get(next.key)?.length ?? Number.POSITIVE_INFINITY;
    const rows = Math.min(next.rows, maxBatch);
    return rows * size <= (this.places.some(({ busy }) => busy) ? atOnce : 4 * atOnce);
  }

  private async runHere(): Promise<void> {
    this.ownBusy = true;
    await this.runNext(this.queue.take(true), (batch) => this.own.run(batch).catch(asRuntimeError));
    this.ownBusy = false;
    if (this.queue.length > 0) this.schedule();
  }

  private async runBatch(place: WorkerPlace): Promise<void> {
    await this.runNext(this.queue.take(), (batch) => place.run(batch));
    if (this.queue.length > 0) this.schedule();
  }

  private async runNext(
    batch: Batch | undefined,
    run: (batch: Batch) => Promise<OutputTensor[]>,
  ): Promise<void> {
    if (!batch) return;
    const start = performance.now();
    this.running.add(batch);
    try {
      const whole = this.options.deterministic ? padded(batch, fullVectors) : batch;
      const results = await run(whole);
      const end = performance.now();
      this.counts.batches++;
      this.counts.rows += batch.dims[0];
      this.options.ran?.({
        key: batch.key,
        rows: batch.dims[0],
        waits: batch.jobs.map(({ since }) => (start - since) / 1000),
        computeSeconds: (end - start) / 1000,
      });
      for (const { ran, since } of batch.jobs) ran?.(since, start, end);
      split(whole, results);
    } catch (error) {
      for (const job of batch.jobs) job.reject(error as Error);
    }
    this.running.delete(batch);
  }
}

const asRuntimeError = (error: Error): never => {
  throw new HttpError(500, `onnxruntime: ${error.message}`);
};
