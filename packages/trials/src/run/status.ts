import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { EpochRecord } from "@stiffnet/core";
import { BenchError } from "@stiffnet/terminal";
import { type StudyConfig, type TrialSpec, trainingFor, trialSpecs } from "../configuration/config.ts";
import { checkpointHeader } from "./checkpoint.ts";
import { configOfAll, type Owner, ownerOf, studiesIn } from "./folder.ts";
import { readRecords } from "./journal.ts";
import type { TrialRecord } from "./record.ts";

/** The state of a trial. paused: its checkpoint has not changed for a while. */
type TrialState = "finished" | "diverged" | "training" | "paused" | "waiting";

export interface TrialStatus {
  readonly id: string;
  readonly model: string;
  readonly state: TrialState;
  readonly epoch: number;
  readonly epochs: number;
  /** Null before the first checkpoint. */
  readonly riskTrain: number | null;
  readonly riskTest: number | null;
  /** Training time so far. */
  readonly seconds: number;
}

export interface StudyStatus {
  readonly command: StudyConfig["command"];
  readonly folder: string;
  /** "stopped": trials are left and no process trains them. */
  readonly state: "finished" | "running" | "stopped";
  readonly epochs: { readonly done: number; readonly total: number };
  /** Time for the remaining epochs at the speed so far; null before any epoch was timed. */
  readonly secondsLeft: number | null;
  readonly runBy: readonly (Owner & { readonly folder: string })[];
  readonly trials: readonly TrialStatus[];
}

/** Reads how far a study is from its folder, or from the shards in it, without touching anything. */
export function studyStatus(folder: string, now: number = Date.now()): StudyStatus {
  const parts = studiesIn(folder);
  if (parts.length === 0) {
    const what = existsSync(folder) ? "holds no study" : "no such folder";
    throw new BenchError(`${folder}: ${what}, expected the results folder of a study`);
  }
  const config = configOfAll(parts);
  const runBy = parts.flatMap((part) => {
    const owner = ownerOf(part);
    return owner === undefined ? [] : [{ ...owner, folder: part }];
  });
  const owned = new Set(runBy.map((owner) => owner.folder));
  const records = new Map(
    parts
      .flatMap((part) => readRecords<TrialRecord>(join(part, "trials.jsonl")))
      .map((record) => [record.id, record]),
  );
  const found = trialSpecs(config).map((spec): TrialStatus => {
    const record = records.get(spec.id);
    const epochs = trainingFor(config, spec.model).epochs;
    if (record !== undefined) return ended(record, epochs);
    const begun = parts.map((part) => checkpointIn(part, spec, epochs, owned.has(part), now));
    return begun.reduce((best, other) => (other.epoch > best.epoch ? other : best));
  });
  const left = found.filter(({ state }) => state !== "finished" && state !== "diverged");
  const total = found.reduce((sum, { epochs }) => sum + epochs, 0);
  const state = left.length === 0 ? "finished" : runBy.length > 0 ? "running" : "stopped";
  return {
    command: config.command,
    folder,
    state,
    epochs: { done: total - left.reduce((sum, trial) => sum + trial.epochs - trial.epoch, 0), total },
    secondsLeft: state === "finished" ? 0 : state === "running" ? secondsFor(left, found) : null,
    runBy,
    trials: found,
  };
}

function ended(
  { id, model, status, epochs: epoch, riskTrain, riskTest, seconds }: TrialRecord,
  epochs: number,
): TrialStatus {
  // JSON has no NaN: the risks of a diverged trial may be null.
  return { id, model, state: status, epoch, epochs, riskTrain, riskTest, seconds };
}

/** A trial without a new checkpoint for so many seconds counts as paused. Slow trials have more time. */
const quietSeconds = 60;
const epochsBetweenCheckpoints = 5;

function checkpointIn(
  folder: string,
  { id, model }: TrialSpec,
  epochs: number,
  owned: boolean,
  now: number,
): TrialStatus {
  const path = join(folder, "checkpoints", id);
  const fresh: TrialStatus = {
    id,
    model: model.name,
    state: "waiting",
    epoch: 0,
    epochs,
    riskTrain: null,
    riskTest: null,
    seconds: 0,
  };
  if (!existsSync(`${path}.state`)) return fresh;
  const { epoch, seconds } = checkpointHeader(`${path}.state`);
  const last = readRecords<EpochRecord>(`${path}.history.jsonl`).findLast((record) => record.epoch <= epoch);
  const quiet = (now - statSync(`${path}.state`).mtimeMs) / 1000;
  const patience = Math.max(quietSeconds, (3 * epochsBetweenCheckpoints * seconds) / Math.max(epoch, 1));
  return {
    ...fresh,
    state: owned && quiet < patience ? "training" : "paused",
    epoch,
    riskTrain: last?.riskTrain ?? null,
    riskTest: last?.riskTest ?? null,
    seconds,
  };
}

/** Time for the remaining epochs, each at the mean speed of its model. It is divided by the number of trials
 *  that train now, and is at least the time of the longest trial. */
function secondsFor(left: readonly TrialStatus[], all: readonly TrialStatus[]): number | null {
  const speed = (trials: readonly TrialStatus[]): number => {
    const epochs = trials.reduce((sum, { epoch }) => sum + epoch, 0);
    return trials.reduce((sum, { seconds }) => sum + seconds, 0) / epochs;
  };
  // None between two trials.
  const training = Math.max(1, left.filter(({ state }) => state === "training").length);
  const overall = speed(all);
  if (!(overall > 0)) return null;
  const needs = left.map(({ model, epoch, epochs }) => {
    const own = speed(all.filter((other) => other.model === model));
    return (epochs - epoch) * (own > 0 ? own : overall);
  });
  return Math.max(needs.reduce((a, b) => a + b, 0) / training, ...needs);
}
