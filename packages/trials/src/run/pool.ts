import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { BenchError } from "@stiffnet/terminal";
import type { StudyConfig, TrialSpec } from "../configuration/config.ts";
import { isFromSeed, type StudyData } from "../data/kinds.ts";
import { complaintsOf, errorIn } from "./complaints.ts";
import type { FromWorker, ToWorker } from "./messages.ts";
import type { TrialRecord } from "./record.ts";

export interface PoolEvents {
  /** A trial trains or has resumed: how far it is. */
  progress(id: string, epoch: number, riskTrain: number): void;
  ended(record: TrialRecord): void;
  note(text: string): void;
}

export interface FailedTrial {
  readonly id: string;
  readonly reason: string;
}

export interface PoolResult {
  readonly interrupted: boolean;
  readonly failed: readonly FailedTrial[];
}

/** Trials to train and where to: their checkpoints go to the folder, their records to the events. */
export interface TrialWork {
  readonly config: StudyConfig;
  readonly folder: string;
  readonly specs: readonly TrialSpec[];
  readonly signal: AbortSignal;
  readonly events: PoolEvents;
}

/** Worker processes of one study that have ended a trial and wait for the next: starting one takes longer
 *  than a short training. */
export class IdleWorkers {
  readonly #idle: ChildProcess[] = [];

  take(): ChildProcess | undefined {
    return this.#idle.pop();
  }

  keep(worker: ChildProcess): void {
    for (const heard of ["message", "error", "exit"]) worker.removeAllListeners(heard);
    worker.stderr?.removeAllListeners("data");
    this.#idle.push(worker);
    worker.on("error", () => {});
    // One that dies is not handed out.
    worker.on("exit", () => {
      const at = this.#idle.indexOf(worker);
      if (at >= 0) this.#idle.splice(at, 1);
    });
  }

  /** They end by themselves. */
  dismiss(): void {
    for (const worker of this.#idle.splice(0)) worker.disconnect();
  }
}

interface PoolOptions extends TrialWork {
  readonly workers: number;
  readonly data: StudyData;
  /** Idle workers to use and to return. If not given, this run starts and ends its own workers. */
  readonly idle?: IdleWorkers;
}

/** A way to train them: on this machine, or through a queue on others. The numbers are the same. */
export type TrialRunner = (work: TrialWork) => Promise<PoolResult>;

export const localRunner =
  (workers: number, data: StudyData): TrialRunner =>
  (work) =>
    runTrials({ ...work, workers, data });

/** How long a worker may take to save after Ctrl-C before it is killed: the whole must end within a second,
 *  and a killed worker still has its last checkpoint. */
const graceMilliseconds = 700;

/** Runs the trials in worker processes. A worker that dies is replaced, and its trial resumes from its
 *  checkpoint. After a second death the trial counts as failed. Wrong input or a full disk ends all of it. */
export async function runTrials(options: PoolOptions): Promise<PoolResult> {
  if (options.signal.aborted) return { interrupted: true, failed: [] };
  return new Pool(options).run();
}

class Pool {
  readonly #work: TrialWork;
  readonly #workers: number;
  readonly #data: StudyData | undefined;
  readonly #waiting: TrialSpec[];
  readonly #idle: IdleWorkers | undefined;
  readonly #failed: FailedTrial[] = [];
  readonly #deaths = new Map<string, number>();
  readonly #running = new Set<ChildProcess>();
  #idleDeaths = 0;
  #refusal: Error | undefined;
  #ended!: () => void;

  constructor(options: PoolOptions) {
    this.#work = options;
    this.#workers = options.workers;
    this.#idle = options.idle;
    this.#data = sent(options.config, options.data);
    this.#waiting = [...options.specs];
  }

  async run(): Promise<PoolResult> {
    const { signal } = this.#work;
    const stop = (): void => this.#stopAll();
    const ended = new Promise<void>((resolve) => {
      this.#ended = resolve;
    });
    signal.addEventListener("abort", stop);
    const count = Math.min(this.#workers, this.#waiting.length);
    for (let i = 0; i < count; i++) this.#start();
    if (count > 0) await ended;
    signal.removeEventListener("abort", stop);
    if (this.#refusal !== undefined) throw this.#refusal;
    return { interrupted: signal.aborted, failed: this.#failed };
  }

  #start(): void {
    const { config, folder, signal } = this.#work;
    const kept = this.#idle?.take();
    const worker =
      kept ??
      fork(fileURLToPath(new URL("./worker.js", import.meta.url)), {
        serialization: "advanced",
        stdio: ["ignore", "ignore", "pipe", "ipc"],
      });
    this.#running.add(worker);
    let current: TrialSpec | undefined;
    const complaints = complaintsOf(worker);
    worker.on("message", (message: FromWorker) => {
      if (message.type === "progress") {
        this.#work.events.progress(message.id, message.epoch, message.riskTrain);
        return;
      }
      const willing = this.#heard(message);
      current = willing ? this.#waiting.shift() : undefined;
      if (current !== undefined) tell(worker, { type: "run", spec: current });
      else if (willing) this.#release(worker);
    });
    worker.on("error", () => {});
    worker.on("exit", (code, killedBy) => {
      this.#running.delete(worker);
      const how = `(${killedBy ?? `exit ${code}`})`;
      if (!signal.aborted && this.#refusal === undefined) {
        if (current !== undefined) this.#died(current, how + lastWords(complaints()));
        else if (this.#waiting.length > 0) this.#diedIdle(how + lastWords(complaints()));
      }
      if (this.#running.size === 0) this.#ended();
    });
    if (kept === undefined)
      tell(worker, { type: "study", config, folder, ...(this.#data && { data: this.#data }) });
    else {
      current = this.#waiting.shift();
      if (current !== undefined) tell(worker, { type: "run", spec: current });
    }
  }

  /** It takes no more trials here. */
  #release(worker: ChildProcess): void {
    if (this.#idle === undefined || this.#refusal !== undefined || this.#work.signal.aborted) {
      worker.disconnect();
      return;
    }
    this.#idle.keep(worker);
    this.#running.delete(worker);
    if (this.#running.size === 0) this.#ended();
  }

  /** Whether the worker takes another trial. */
  #heard(message: Exclude<FromWorker, { type: "progress" }>): boolean {
    switch (message.type) {
      case "ready":
        return true;
      case "ended":
        try {
          this.#work.events.ended(message.record);
        } catch (error) {
          this.#refuse(error as Error);
        }
        return true;
      case "interrupted":
        return false;
      case "refused":
        this.#refuse(new BenchError(message.message));
        return false;
    }
  }

  #refuse(error: Error): void {
    this.#refusal ??= error;
    this.#stopAll();
  }

  #stopAll(): void {
    this.#waiting.length = 0;
    for (const worker of this.#running) tell(worker, { type: "stop" });
    setTimeout(() => {
      for (const worker of this.#running) worker.kill("SIGKILL");
    }, graceMilliseconds).unref();
  }

  #died(spec: TrialSpec, how: string): void {
    const { events } = this.#work;
    const count = (this.#deaths.get(spec.id) ?? 0) + 1;
    this.#deaths.set(spec.id, count);
    const reason = `its worker process died ${how}`;
    if (count > 1) {
      this.#failed.push({ id: spec.id, reason: `${reason}, twice` });
      events.note(`${spec.id}: ${reason} again; the trial failed`);
    } else {
      events.note(`${spec.id}: ${reason}; restarted from its checkpoint`);
      this.#waiting.unshift(spec);
    }
    if (this.#waiting.length > 0) this.#start();
  }

  /** Before it had a trial: another one, unless that happens to all of them. */
  #diedIdle(how: string): void {
    this.#idleDeaths++;
    if (this.#idleDeaths <= 2 * this.#workers) this.#start();
    else {
      const message = `every worker process ended before its first trial ${how}`;
      this.#refuse(new BenchError(message, 1));
    }
  }
}

/** Above this number of bytes each worker reads the file itself, because a copy on its way to each worker
 *  would take too much memory. */
const mostSent = 2 ** 28;

/** The data that workers are sent: a table that is in memory already. Workers generate data that come from a
 *  seed. */
function sent({ data: spec }: StudyConfig, data: StudyData): StudyData | undefined {
  const bytes = [data.train, data.test, data.validation].reduce(
    (sum, samples) => sum + (samples ? samples.inputs.byteLength + samples.outputs.byteLength : 0),
    0,
  );
  return !isFromSeed(spec) && bytes <= mostSent ? data : undefined;
}

function lastWords(said: string): string {
  const error = errorIn(said);
  return error === "" ? "" : `: ${error}`;
}

function tell(worker: ChildProcess, message: ToWorker): void {
  if (worker.connected) worker.send(message, () => {});
}
