import { BenchError, calledAs, interruptedCode, note, type Outcome, showProgress } from "@stiffnet/terminal";
import { type StudyConfig, type TrialSpec, trainingFor, trialSpecs } from "../configuration/config.ts";
import { requireSameArithmetic } from "./arithmetic.ts";
import { Checkpoint } from "./checkpoint.ts";
import type { ResultsFolder } from "./folder.ts";
import { Journal } from "./journal.ts";
import type { FailedTrial, TrialRunner } from "./pool.ts";
import type { TrialRecord } from "./record.ts";

export interface StudyRun {
  readonly interrupted: boolean;
  /** All that were to be trained here. */
  readonly specs: readonly TrialSpec[];
  /** In the order of the trials; those that ended, now or in an earlier run. */
  readonly records: readonly TrialRecord[];
  /** Trials whose worker died twice. They are tried again when the study is resumed. */
  readonly failed: readonly FailedTrial[];
  /** Whether anything was left to train. */
  readonly trained: boolean;
}

/** Trains what the folder does not hold yet, of all trials or of those given. The signal makes it save and
 *  return within a second. */
export async function runStudy(
  config: StudyConfig,
  folder: ResultsFolder,
  options: { run: TrialRunner; specs?: readonly TrialSpec[]; signal: AbortSignal; label?: string },
): Promise<StudyRun> {
  const { run, specs = trialSpecs(config), signal, label = config.command } = options;
  const journal = new Journal<TrialRecord>(folder.file("trials.jsonl"));
  const ended = new Set(journal.records.map((record) => record.id));
  const missing = specs.filter(({ id }) => !ended.has(id));
  const inOrder = (): TrialRecord[] => {
    const byId = new Map(journal.records.map((record) => [record.id, record]));
    return specs.flatMap((spec) => byId.get(spec.id) ?? []);
  };
  if (missing.length === 0) {
    return { interrupted: false, specs, records: inOrder(), failed: [], trained: false };
  }
  await requireSameArithmetic(folder);
  if (missing.length < specs.length) {
    note(
      `${label}: goes on in ${folder.path}, ${specs.length - missing.length} of ${specs.length} trials are done`,
    );
  }

  const epochs = new Map(specs.map(({ id, model }) => [id, trainingFor(config, model).epochs]));
  const epochOf = (id: string): number => new Checkpoint(folder.file("checkpoints"), id).epoch();
  const done = new Map(specs.map(({ id }) => [id, ended.has(id) ? epochs.get(id)! : epochOf(id)]));
  /** Errors of the running trials. */
  const risks = new Map<string, number>();
  const display = showProgress(label, process.stderr);
  const update = (): void => {
    const sum = (all: ReadonlyMap<string, number>): number => [...all.values()].reduce((a, b) => a + b, 0);
    const errors = [...risks.values()].map((risk) => risk.toPrecision(2)).join(" ");
    const details = [
      `${specs.filter(({ id }) => ended.has(id)).length} of ${specs.length} trials`,
      errors === "" ? "" : `training error ${errors}`,
    ];
    display.update({ done: sum(done), total: sum(epochs), details });
  };
  try {
    const failed: FailedTrial[] = [];
    await run({
      config,
      folder: folder.path,
      specs: missing,
      signal,
      events: {
        progress(id, epoch, riskTrain) {
          done.set(id, epoch);
          risks.set(id, riskTrain);
          update();
        },
        ended(record) {
          journal.append(record);
          ended.add(record.id);
          done.set(record.id, epochs.get(record.id)!);
          risks.delete(record.id);
          if (record.status === "diverged") display.note(`${record.id}: diverged: ${record.reason}`);
          update();
        },
        failed: (trial) => failed.push(trial),
        note: (text) => display.note(text),
      },
    });
    const records = inOrder();
    const interrupted = signal.aborted && records.length + failed.length < specs.length;
    return { interrupted, specs, records, failed, trained: true };
  } finally {
    display.close();
  }
}

/** Says how to continue an interrupted study. */
export function explainInterruption(run: StudyRun, folder: ResultsFolder): Outcome {
  note(
    `${calledAs()[0]}: interrupted with ${run.records.length} of ${run.specs.length} trials done; everything is saved in ${folder.path}. The same command continues.`,
  );
  return { exitCode: interruptedCode };
}

export function requireRecords(run: StudyRun): void {
  if (run.records.length === 0) {
    const [first] = run.failed;
    throw new BenchError(`no trial finished: ${first?.id}: ${first?.reason}`, 1);
  }
}
