import { type ChildProcess, fork } from "node:child_process";
import { setMaxListeners } from "node:events";
import { fileURLToPath } from "node:url";
import { BenchError } from "@stiffnet/terminal";
import type { StudyConfig, TrialSpec } from "../configuration/config.ts";
import type { StudyData } from "../data/kinds.ts";
import { complaintsOf, errorIn } from "./complaints.ts";
import type { TrialRecord } from "./record.ts";
import type { FromWorker, ToWorker } from "./worker.ts";

export interface PoolEvents {
  /** A trial trains or has resumed: how far it is. */
  progress(id: string, epoch: number, riskTrain: number): void;
  ended(record: TrialRecord): void;
  failed(trial: FailedTrial): void;
  note(text: string): void;
}

export interface FailedTrial {
  readonly id: string;
  readonly reason: string;
}

/** Trials to train and where to: their checkpoints go to the folder, their records to the events. */
export interface TrialWork {
  readonly config: StudyConfig;
  readonly folder: string;
  readonly specs: readonly TrialSpec[];
  readonly signal: AbortSignal;
  readonly events: PoolEvents;
}

/** A way to train them: on this machine, or through a queue on others. The numbers are the same. It returns
 *  early if the signal comes. */
export type TrialRunner = (work: TrialWork) => Promise<void>;

export const localRunner =
  (workers: number, data: StudyData): TrialRunner =>
  async ({ config, folder, specs, signal, events }) => {
    const processes = new TrainingProcesses({ config, folder, data, note: events.note });
    const refused = new AbortController();
    const over = AbortSignal.any([signal, refused.signal]);
    setMaxListeners(0, over);
    const waiting = [...specs];
    const train = async (): Promise<void> => {
      for (let spec = waiting.shift(); spec !== undefined && !over.aborted; spec = waiting.shift()) {
        const end = await processes.train(spec, over, events.progress);
        if (end === undefined) return;
        if ("failed" in end) events.failed({ id: spec.id, reason: end.failed });
        else events.ended(end.record);
      }
    };
    const ends = Array.from({ length: workers }, () =>
      train().catch((error: Error) => {
        refused.abort(error);
      }),
    );
    await Promise.all(ends);
    processes.dismiss();
    if (refused.signal.aborted) throw refused.signal.reason;
  };

interface Study {
  readonly config: StudyConfig;
  readonly folder: string;
  readonly data: StudyData;
  readonly note: (text: string) => void;
}

/** Worker processes of one study. One that has ended a trial waits for the next: starting one takes longer
 *  than a short training. */
export class TrainingProcesses {
  readonly #study: Study;
  readonly #idle: TrainingProcess[] = [];

  constructor(study: Study) {
    this.#study = study;
  }

  /** Trains it to its end, or until the signal; undefined then. A process that dies is replaced, and the
   *  trial resumes from its checkpoint. After a second death it counts as failed. Rejects on wrong input and
   *  on a full disk. */
  async train(
    spec: TrialSpec,
    signal: AbortSignal,
    progress: PoolEvents["progress"],
  ): Promise<{ readonly record: TrialRecord } | { readonly failed: string } | undefined> {
    for (let deaths = 0; !signal.aborted; ) {
      const worker = this.#idle.pop() ?? new TrainingProcess(this.#study);
      const stop = (): void => worker.stop();
      signal.addEventListener("abort", stop);
      const end = await worker.train(spec, progress).finally(() => signal.removeEventListener("abort", stop));
      if (end === undefined || "record" in end) {
        if (!signal.aborted) this.#idle.push(worker);
        return end;
      }
      if (signal.aborted) break;
      const reason = `its worker process died ${end.death}`;
      if (++deaths > 1) {
        this.#study.note(`${spec.id}: ${reason} again; the trial failed`);
        return { failed: `${reason}, twice` };
      }
      this.#study.note(`${spec.id}: ${reason}; restarted from its checkpoint`);
    }
    return undefined;
  }

  /** Idle ones end by themselves. */
  dismiss(): void {
    for (const worker of this.#idle.splice(0)) worker.end();
  }
}

/** How long a worker may take to save after Ctrl-C before it is killed: the whole must end within a second,
 *  and a killed worker still has its last checkpoint. */
const graceMilliseconds = 700;

type End = { readonly record: TrialRecord } | { readonly death: string } | undefined;

class TrainingProcess {
  readonly #child: ChildProcess;
  readonly #complaints: () => string;
  #ready = false;

  constructor({ config, folder, data }: Study) {
    this.#child = fork(fileURLToPath(new URL("./worker.js", import.meta.url)), {
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.#complaints = complaintsOf(this.#child);
    this.#child.on("error", () => {});
    this.#tell({ type: "study", config, folder, ...(bytesOf(data) <= mostSent && { data }) });
  }

  /** Undefined where it was stopped. */
  train(spec: TrialSpec, progress: PoolEvents["progress"]): Promise<End> {
    const child = this.#child;
    return new Promise<End>((resolve, reject) => {
      child.on("message", (message: FromWorker) => {
        if (message.type === "progress") progress(message.id, message.epoch, message.riskTrain);
        else if (message.type === "ready") this.#ready = true;
        else if (message.type === "refused") {
          this.end();
          reject(new BenchError(message.message));
        } else resolve(message.type === "ended" ? { record: message.record } : undefined);
      });
      child.on("exit", (code, killedBy) => {
        const error = errorIn(this.#complaints());
        const death = `(${killedBy ?? `exit ${code}`})${error === "" ? "" : `: ${error}`}`;
        // No other would do better.
        const broken = !this.#ready && (code ?? 0) > 0;
        if (broken) reject(new BenchError(`a process that trains ended before it began ${death}`, 1));
        else resolve({ death });
      });
      if (child.connected) this.#tell({ type: "run", spec });
      else resolve({ death: "between two trials" });
    }).finally(() => {
      child.removeAllListeners("message").removeAllListeners("exit");
    });
  }

  /** Saves and ends. */
  stop(): void {
    this.#tell({ type: "stop" });
    setTimeout(() => this.#child.kill("SIGKILL"), graceMilliseconds).unref();
  }

  end(): void {
    if (this.#child.connected) this.#child.disconnect();
  }

  #tell(message: ToWorker): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }
}

/** Above this number of bytes each worker loads the data itself, because a copy on its way to each worker
 *  would take too much memory. */
const mostSent = 2 ** 28;

function bytesOf({ train, test, validation }: StudyData): number {
  return [train, test, validation].reduce(
    (sum, samples) => sum + (samples ? samples.inputs.byteLength + samples.outputs.byteLength : 0),
    0,
  );
}
