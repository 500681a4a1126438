import type { Worker } from "node:worker_threads";
import { HttpError, unavailable } from "../errors.ts";
import type { Questions } from "../processes/questions.ts";
import { startThread } from "../processes/thread.ts";
import type { Batch, OutputTensor } from "./batch.ts";

const script = new URL("../../worker/inference.js", import.meta.url);

/** A place for a worker thread: one that stops is replaced. */
export class WorkerPlace {
  /** Whether there is one that can run now. */
  ready = false;
  restarts = 0;
  private worker: Worker | undefined;
  private questions: Questions | undefined;
  /** Starts since the last batch that ended well. */
  private failures = 0;
  private closed = false;
  /** Runs and loads that the worker is at. */
  private working = 0;
  private readonly models: ReadonlyMap<string, Uint8Array>;
  private readonly onReady: () => void;

  /** @param models What a fresh worker loads, by key.
   *  @param onReady Told when there is a worker that can run. */
  constructor(models: ReadonlyMap<string, Uint8Array>, onReady: () => void) {
    this.models = models;
    this.onReady = onReady;
  }

  /** Resolves when a worker has started. */
  async begin(): Promise<void> {
    const { worker, questions } = startThread(
      script,
      ({ error }) => new HttpError(500, `onnxruntime: ${error}`),
      (asked, reason) => this.replace(asked, reason),
    );
    this.worker = worker;
    this.questions = questions;
    try {
      for (const [key, bytes] of this.models) await questions.ask({ do: "load", key, bytes });
    } catch {
      // It ended while it started (and is replaced), or cannot load a model that others could: a fresh one
      // may.
      worker.postMessage({ do: "exit" });
      return;
    }
    this.ready = true;
    this.onReady();
  }

  private replace(questions: Questions, reason: string): void {
    this.ready = false;
    questions.lose(unavailable(`the worker that ran this request stopped${reason}; try again`));
    if (this.closed) return;
    this.restarts++;
    // At once after a single crash, later and later where a worker never gets to run.
    const pause = Math.min(5000, 100 * (this.failures++) ** 2);
    setTimeout(() => this.closed || this.begin(), pause).unref();
  }

  get busy(): boolean {
    return this.working > 0;
  }

  /** If the worker stops meanwhile, the model is not refused, since the next worker loads it at its start. */
  async load(key: string, bytes: Uint8Array): Promise<void> {
    if (!this.ready) return;
    const { worker, questions } = this;
    try {
      this.working++;
      await questions!.ask({ do: "load", key, bytes }).finally(() => this.working--);
      this.onReady();
    } catch (error) {
      if (this.worker === worker && this.ready) throw error;
      for (const until = performance.now() + 10_000; !this.ready || this.worker === worker; ) {
        if (this.closed || performance.now() > until) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  async unload(key: string): Promise<void> {
    if (this.ready) await this.questions!.ask({ do: "unload", key });
  }

  async run({ key, rows, dims, outputs }: Batch): Promise<OutputTensor[]> {
    this.working++;
    try {
      const results = await this.questions!.ask({ do: "run", key, rows, dims, outputs });
      this.failures = 0;
      return results as OutputTensor[];
    } finally {
      this.working--;
    }
  }

  /** The next batch ends the worker, as an error that nobody foresaw would. */
  async crash(): Promise<void> {
    await this.questions!.ask({ do: "crash" });
  }

  /** Lets the running batch end, then the worker: by a message, since onnxruntime does not survive
   *  `terminate` in the middle of one. */
  close(): Promise<void> {
    this.closed = true;
    const { worker } = this;
    if (!worker || worker.threadId < 0) return Promise.resolve();
    worker.postMessage({ do: "exit" });
    return new Promise((resolve) => worker.once("exit", () => resolve()));
  }
}
