import { counted } from "@stiffnet/base";
import { type Job, type Processor, UnrecoverableError, WaitingError } from "bullmq";
import type { Redis } from "ioredis";
import type { StudyConfig } from "../configuration/config.ts";
import type { StudyData } from "../data/kinds.ts";
import { TrainingProcesses } from "../run/pool.ts";
import type { TrialRecord } from "../run/record.ts";
import { type SharedCheckpoints, sharedCheckpoints } from "./checkpoints.ts";
import type { TrialJob } from "./wire.ts";

const progressMilliseconds = 500;
/** Between two checkpoints to Redis: at least this long, and longer for large ones, to stay below a rate. */
const uploadMilliseconds = 3000;
const uploadBytesPerMillisecond = 1000;

/** Tools to train a study on this machine. */
interface Bench {
  readonly config: StudyConfig;
  readonly data: StudyData;
  /** For checkpoints. */
  readonly scratch: string;
  readonly note: (text: string) => void;
}

/** Trains the trials of one study in separate processes, in a temporary folder. */
export class Workbench {
  finished = 0;
  /** Rejects where this machine cannot do the work: a full disk, data that changed. */
  readonly refused: Promise<never>;
  readonly #note: (text: string) => void;
  readonly #checkpoints: SharedCheckpoints;
  readonly #running = new Map<string, AbortController>();
  readonly #processes: TrainingProcesses;
  #refuse!: (error: unknown) => void;

  constructor(redis: Redis, study: string, bench: Bench) {
    this.#note = bench.note;
    this.#processes = new TrainingProcesses({ ...bench, folder: bench.scratch });
    this.#checkpoints = sharedCheckpoints(redis, study, bench.scratch);
    this.refused = new Promise((_, reject) => {
      this.#refuse = reject;
    });
    this.refused.catch(() => {});
  }

  get busy(): boolean {
    return this.#running.size > 0;
  }

  stop(id: string): void {
    this.#running.get(id)?.abort();
  }

  stopAll(): void {
    for (const stop of this.#running.values()) stop.abort();
    this.#processes.dismiss();
  }

  readonly process: Processor<TrialJob, TrialRecord> = async (job, token) => {
    const { id } = job.data.spec;
    const stop = new AbortController();
    this.#running.set(id, stop);
    try {
      return await this.#train(job, stop.signal);
    } catch (error) {
      if (error instanceof UnrecoverableError) throw error;
      if (!(error instanceof Interrupted)) this.#refuse(error);
      // Back into the queue, where another worker finds it.
      await job.moveToWait(token);
      throw new WaitingError();
    } finally {
      this.#running.delete(id);
    }
  };

  async #train(job: Job<TrialJob, TrialRecord>, signal: AbortSignal): Promise<TrialRecord> {
    const { spec } = job.data;
    const { id } = spec;
    const note = this.#note;
    const from = await this.#checkpoints.pull(id);
    note(`${id}: ${from > 0 ? `continues after epoch ${from}` : "begins"}`);
    const report = this.#reporter(job, from);
    const end = await this.#processes.train(spec, signal, (_, epoch, riskTrain) => report(epoch, riskTrain));
    await this.#checkpoints.push(id);
    if (end !== undefined && "failed" in end) throw new UnrecoverableError(end.failed);
    if (end !== undefined) {
      this.finished++;
      note(`${id}: ${end.record.status} after ${counted(end.record.epochs, "epoch")}`);
      return end.record;
    }
    note(`${id}: handed back`);
    throw new Interrupted();
  }

  /** Tells the study how far the trial is, and sends a checkpoint now and then. One message at a time: while
   *  the server is away none pile up. */
  #reporter(job: Job<TrialJob, TrialRecord>, from: number): (epoch: number, riskTrain: number) => void {
    let [told, sent, wait, saved] = [Number.NEGATIVE_INFINITY, performance.now(), uploadMilliseconds, from];
    let telling = false;
    const tell = async (epoch: number, riskTrain: number): Promise<void> => {
      if (performance.now() - sent > wait) {
        const { epoch, bytes } = await this.#checkpoints.push(job.id!);
        [sent, saved] = [performance.now(), epoch];
        wait = Math.max(uploadMilliseconds, bytes / uploadBytesPerMillisecond);
      }
      await job.updateProgress({ epoch, riskTrain, saved });
    };
    return (epoch, riskTrain) => {
      if (telling || performance.now() - told < progressMilliseconds) return;
      telling = true;
      told = performance.now();
      tell(epoch, riskTrain)
        // A job that the server has forgotten: its lock will tell.
        .catch(() => {})
        .finally(() => {
          telling = false;
        });
    };
  }
}

class Interrupted extends Error {}
