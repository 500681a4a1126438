import { isExpected, oneLine } from "@stiffnet/terminal";
import type { StudyConfig, TrialSpec } from "../configuration/config.ts";
import { loadData, type StudyData } from "../data/kinds.ts";
import { Checkpoint } from "./checkpoint.ts";
import type { TrialRecord } from "./record.ts";
import { runTrial } from "./trial.ts";

export type ToWorker =
  /** Without data the worker loads them itself. */
  | {
      readonly type: "study";
      readonly config: StudyConfig;
      readonly folder: string;
      readonly data?: StudyData;
    }
  | { readonly type: "run"; readonly spec: TrialSpec }
  /** Save where the trial stands, then end. */
  | { readonly type: "stop" };

export type FromWorker =
  /** All that trains is loaded. */
  | { readonly type: "ready" }
  | {
      readonly type: "progress";
      readonly id: string;
      readonly epoch: number;
      readonly riskTrain: number;
    }
  | { readonly type: "ended"; readonly record: TrialRecord }
  | { readonly type: "interrupted" }
  /** Wrong input or a full disk: no restart will help. */
  | { readonly type: "refused"; readonly message: string };

// A worker process of the pool: trains one trial after another. Ctrl-C in the terminal reaches this
// process too, but its parent decides when to stop. If the parent is killed, the process ends, and the last
// checkpoint is kept.
process.on("SIGINT", () => {});
process.on("SIGHUP", () => {});
process.on("disconnect", () => process.exit(0));

say({ type: "ready" });

const parent = process.ppid;
const stop = new AbortController();
let study: { config: StudyConfig; folder: string; data: Promise<StudyData> } | undefined;

process.on("message", (message: ToWorker) => {
  handle(message).catch((error: unknown) => {
    if (!isExpected(error)) throw error;
    say({ type: "refused", message: oneLine(error) });
  });
});

async function handle(message: ToWorker): Promise<void> {
  switch (message.type) {
    case "study": {
      const { config, folder } = message;
      const data = message.data ? Promise.resolve(message.data) : loadData(config.data, config.seed);
      // Its error is that of the first trial.
      data.catch(() => {});
      study = { config, folder, data };
      return;
    }
    case "stop":
      stop.abort();
      // Idle: nothing to save.
      if (!busy) process.exit(0);
      return;
    case "run":
      return runOne(message.spec);
  }
}

let busy = false;

async function runOne(spec: TrialSpec): Promise<void> {
  const { config, folder } = study!;
  const data = await study!.data;
  busy = true;
  let told = 0;
  const result = await runTrial(config, spec, {
    data,
    checkpoint: new Checkpoint(`${folder}/checkpoints`, spec.id),
    signal: stop.signal,
    onEpoch(epoch, riskTrain) {
      // Killed a moment ago: a successor may be at work on the same files already.
      if (process.ppid !== parent) process.exit(0);
      const now = performance.now();
      if (now - told < 100) return;
      told = now;
      say({ type: "progress", id: spec.id, epoch, riskTrain });
    },
  }).finally(() => {
    busy = false;
  });
  if (result.status === "interrupted") say({ type: "interrupted" }, () => process.exit(0));
  else say({ type: "ended", record: result });
}

function say(message: FromWorker, then?: () => void): void {
  if (process.connected) process.send!(message, then ?? (() => {}));
}
