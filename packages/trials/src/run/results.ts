import { createHash } from "node:crypto";
import type { EpochRecord, Model } from "@stiffnet/core";
import { BenchError } from "@stiffnet/terminal";
import { type StudyConfig, trialSpecs } from "../configuration/config.ts";
import type { StudyData } from "../data/kinds.ts";
import { Checkpoint } from "./checkpoint.ts";
import type { ResultsFolder } from "./folder.ts";
import type { TrialRecord } from "./record.ts";
import { freshModel } from "./trial.ts";

export interface TrainedTrial {
  readonly record: TrialRecord;
  readonly model: Model;
  readonly history: readonly EpochRecord[];
}

/** The networks of the trials, read back from their checkpoints, in order. */
export function trainedTrials(
  config: StudyConfig,
  folder: ResultsFolder,
  records: readonly TrialRecord[],
  data: StudyData,
): TrainedTrial[] {
  const specs = new Map(trialSpecs(config).map((spec) => [spec.id, spec]));
  return records.map((record) => {
    const state = new Checkpoint(folder.file("checkpoints"), record.id).load();
    if (state === undefined) {
      throw new BenchError(
        `${folder.file("checkpoints")}: ${record.id}.state is missing, though its trial is in trials.jsonl; run again with --force`,
      );
    }
    const parameters = config.keep === "best" ? state.arrays.best : state.arrays.parameters;
    return {
      record,
      model: {
        ...freshModel(config, specs.get(record.id)!, data),
        parameters,
      },
      history: state.history,
    };
  });
}

/** The digest of a study: over the digests of its trials in their order. It does not depend on how many
 *  workers there were, nor on interruptions. Missing trials count as missing. */
export function studyDigest(config: StudyConfig, records: readonly TrialRecord[]): string {
  const byId = new Map(records.map((record) => [record.id, record]));
  const hash = createHash("sha256");
  for (const { id } of trialSpecs(config)) {
    const record = byId.get(id);
    hash.update(`${id} ${record?.status ?? "missing"} ${record?.digest ?? ""}\n`);
  }
  return hash.digest("hex");
}
