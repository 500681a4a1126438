import { counted } from "@stiffnet/base";
import { BenchError, calledAs, interruptedCode, note, type Outcome, showProgress } from "@stiffnet/terminal";
import { type StudyConfig, type TrialSpec, trainingFor, trialSpecs } from "../configuration/config.ts";
import { requireSameArithmetic } from "./arithmetic.ts";
import { Checkpoint } from "./checkpoint.ts";
import type { ResultsFolder } from "./folder.ts";
import { appendRecord, mendRecords } from "./journal.ts";
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
  const journal = folder.file("trials.jsonl");
  const byId = new Map(mendRecords<TrialRecord>(journal).map((record) => [record.id, record]));
  const missing = specs.filter(({ id }) => !byId.has(id));
  const inOrder = (): TrialRecord[] => specs.flatMap(({ id }) => byId.get(id) ?? []);
  if (missing.length === 0) {
    return { interrupted: false, specs, records: inOrder(), failed: [], trained: false };
  }
  await requireSameArithmetic(folder);
  let ended = specs.length - missing.length;
  if (ended > 0)
    note(
      `${label}: goes on in ${folder.path}, ${ended} of ${counted(specs.length, "trial")} ${ended === 1 ? "is" : "are"} done`,
    );

  const epochsOf = ({ model }: TrialSpec): number => trainingFor(config, model).epochs;
  const total = specs.reduce((sum, spec) => sum + epochsOf(spec), 0);
  const epochs = new Map(missing.map((spec) => [spec.id, epochsOf(spec)]));
  /** The epoch of each trial that is to be trained, and the epochs of all trials. */
  const at = new Map<string, number>();
  let done = total - missing.reduce((sum, spec) => sum + epochsOf(spec), 0);
  const advance = (id: string, epoch: number): void => {
    done += epoch - (at.get(id) ?? 0);
    at.set(id, epoch);
  };
  for (const { id } of missing) advance(id, new Checkpoint(folder.file("checkpoints"), id).epoch());
  /** Errors of the running trials. */
  const risks = new Map<string, number>();
  const display = showProgress(label, process.stderr);
  const update = (): void => {
    const errors = [...risks.values()].map((risk) => risk.toPrecision(2)).join(" ");
    const details = [
      `${ended} of ${counted(specs.length, "trial")}`,
      errors === "" ? "" : `training error ${errors}`,
    ];
    display.update({ done, total, details });
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
          advance(id, epoch);
          risks.set(id, riskTrain);
          update();
        },
        ended(record) {
          appendRecord(journal, record);
          byId.set(record.id, record);
          ended++;
          advance(record.id, epochs.get(record.id)!);
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
    `${calledAs()[0]}: interrupted with ${run.records.length} of ${counted(run.specs.length, "trial")} done; everything is saved in ${folder.path}. The same command continues.`,
  );
  return { exitCode: interruptedCode };
}

export function requireRecords(run: StudyRun): void {
  if (run.records.length === 0) {
    const [first] = run.failed;
    throw new BenchError(`no trial finished: ${first?.id}: ${first?.reason}`, 1);
  }
}
