import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { isFromSeed, type StudyData } from "../data/kinds.ts";
import { BenchError } from "../errors.ts";
import type { StudyConfig, TrialSpec } from "./config.ts";
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

/** A way to train them: on this machine, or through a queue on others. The numbers are the same. */
export type TrialRunner = (work: TrialWork) => Promise<PoolResult>;

export const localRunner =
  (workers: number, data: StudyData): TrialRunner =>
  (work) =>
    runTrials({ ...work, workers, data });

/** How long a worker may take to save after Ctrl-C before it is killed: the whole must end within a second, and a
 *  killed worker still has its last checkpoint. */
const graceMilliseconds = 700;

/** Runs the trials in worker processes. A worker that dies is replaced and its trial goes on from its checkpoint,
 *  once; then the trial counts as failed and the others go on. Wrong input or a full disk ends all of it. */
export function runTrials(
  options: TrialWork & { readonly workers: number; readonly data: StudyData },
): Promise<PoolResult> {
  const { config, folder, signal, events } = options;
  const data = sent(config, options.data);
  const queue = [...options.specs];
  const failed: FailedTrial[] = [];
  const deaths = new Map<string, number>();
  const running = new Set<ChildProcess>();
  let interrupted = false;
  let idleDeaths = 0;
  let refusal: BenchError | undefined;

  return new Promise((resolve, reject) => {
    const stopAll = (): void => {
      queue.length = 0;
      for (const worker of running) tell(worker, { type: "stop" });
      setTimeout(() => {
        for (const worker of running) worker.kill("SIGKILL");
      }, graceMilliseconds).unref();
    };
    const onAbort = (): void => {
      interrupted = true;
      stopAll();
    };
    const endIfDone = (): void => {
      if (running.size > 0) return;
      signal.removeEventListener("abort", onAbort);
      if (refusal !== undefined) reject(refusal);
      else resolve({ interrupted, failed });
    };

    const start = (): void => {
      const worker = fork(fileURLToPath(new URL("./worker.js", import.meta.url)), {
        serialization: "advanced",
        stdio: ["ignore", "ignore", "pipe", "ipc"],
      });
      running.add(worker);
      let current: TrialSpec | undefined;
      let complaints = "";
      worker.stderr!.setEncoding("utf8").on("data", (text: string) => {
        complaints = (complaints + text).slice(-4000);
      });
      const next = (): void => {
        current = queue.shift();
        if (current === undefined) worker.disconnect();
        else tell(worker, { type: "run", spec: current });
      };
      worker.on("message", (message: FromWorker) => {
        switch (message.type) {
          case "ready":
            return next();
          case "progress":
            return events.progress(message.id, message.epoch, message.riskTrain);
          case "ended":
            try {
              events.ended(message.record);
            } catch (error) {
              refuse(error as Error);
            }
            return next();
          case "interrupted":
            current = undefined;
            return;
          case "refused":
            current = undefined;
            refuse(new BenchError(message.message, { code: message.code }));
        }
      });
      worker.on("error", () => {});
      worker.on("exit", (code, killedBy) => {
        running.delete(worker);
        const how = killedBy ?? `exit ${code}`;
        if (!signal.aborted && refusal === undefined) {
          if (current !== undefined) died(current, how, complaints);
          else if (queue.length > 0) diedIdle(how, complaints);
        }
        endIfDone();
      });
      tell(worker, { type: "study", config, folder, ...(data && { data }) });
    };

    const refuse = (error: Error): void => {
      refusal ??= error as BenchError;
      stopAll();
    };

    const died = (spec: TrialSpec, how: string, complaints: string): void => {
      const count = (deaths.get(spec.id) ?? 0) + 1;
      deaths.set(spec.id, count);
      const reason = `its worker process died (${how})${lastWords(complaints)}`;
      if (count > 1) {
        failed.push({ id: spec.id, reason: `${reason}, twice` });
        events.note(`${spec.id}: ${reason} again; the trial is given up`);
      } else {
        events.note(`${spec.id}: ${reason}; restarted from its checkpoint`);
        queue.unshift(spec);
      }
      if (queue.length > 0) start();
    };

    /** Before it had a trial: another one, unless that happens to all of them. */
    const diedIdle = (how: string, complaints: string): void => {
      idleDeaths++;
      if (idleDeaths <= 2 * options.workers) start();
      else {
        const message = `worker processes die as they start (${how})${lastWords(complaints)}`;
        refuse(new BenchError(message, { code: "worker_died", exitCode: 1 }));
      }
    };

    if (signal.aborted) {
      resolve({ interrupted: true, failed });
      return;
    }
    signal.addEventListener("abort", onAbort);
    for (let i = 0; i < Math.min(options.workers, options.specs.length); i++) start();
    endIfDone();
  });
}

/** Bytes of samples beyond which it costs less to read a file again than to hold a copy of it on its way to each worker. */
const mostSent = 2 ** 28;

/** What the workers are sent of the data: a table that is in memory is not read again by each of them. What is made from
 *  a seed they make themselves. */
function sent({ data: spec }: StudyConfig, data: StudyData): StudyData | undefined {
  const bytes = [data.train, data.test, data.validation].reduce(
    (sum, samples) => sum + (samples ? samples.inputs.byteLength + samples.outputs.byteLength : 0),
    0,
  );
  return !isFromSeed(spec) && bytes <= mostSent ? data : undefined;
}

function lastWords(complaints: string): string {
  const said = complaints
    .trim()
    .split("\n")
    .find((line) => /error/i.test(line));
  return said === undefined ? "" : `: ${said.trim().slice(0, 200)}`;
}

function tell(worker: ChildProcess, message: ToWorker): void {
  if (worker.connected) worker.send(message, () => {});
}
