import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { counted } from "@stiffnet/base";
import { writeJson, writeWhole } from "@stiffnet/base/files";
import { BenchError } from "@stiffnet/terminal";
import { type StudyConfig, trialSpecs } from "../configuration/config.ts";
import { type Versions, versionsOfAll } from "./arithmetic.ts";
import { configOfAll, type ResultsFolder, studiesIn } from "./folder.ts";
import { appendRecord, mendRecords, readRecords } from "./journal.ts";
import type { TrialRecord } from "./record.ts";
import { shardsIn, specsOfShard } from "./shard.ts";
import type { StudyRun } from "./study.ts";

/** Places of all trials of a study. */
export interface MergePlan {
  readonly config: StudyConfig;
  /** Versions that trained the parts. */
  readonly versions: Versions | undefined;
  /** In the order of the trials. */
  readonly trials: readonly Place[];
}

/** Where a trial ended. */
interface Place {
  readonly record: TrialRecord;
  readonly folder: string;
}

/** Finds the trials of a study in its parts and checks that they fit together and are complete. A folder that
 *  is going to be emptied is not one of the parts. */
export function planMerge(folders: readonly string[], emptied?: string): MergePlan {
  const parts = folders.flatMap((folder) => partsIn(folder, emptied));
  const config = configOfAll(parts);
  const versions = versionsOfAll(parts);
  const found = new Map<string, Place>();
  for (const folder of parts) {
    for (const record of readRecords<TrialRecord>(join(folder, "trials.jsonl"))) {
      const before = found.get(record.id);
      if (before === undefined) found.set(record.id, { record, folder });
      else requireEqual(before, { record, folder });
    }
  }
  const specs = trialSpecs(config);
  const missing = specs.filter(({ id }) => !found.has(id)).map(({ id }) => id);
  if (missing.length > 0) {
    const places = folders.flatMap((folder) => unfinishedShards(config, folder, new Set(missing)));
    throw new BenchError(
      `${missing.length} of ${counted(specs.length, "trial")} ${missing.length === 1 ? "is" : "are"} missing: ${listed(missing)}${places.length > 0 ? ` (${places.join("; ")})` : ""}; train ${missing.length === 1 ? "it" : "them"}, then merge again`,
      1,
    );
  }
  return { config, versions, trials: specs.map(({ id }) => found.get(id)!) };
}

/** Brings the trials into one folder, as if they had been trained there. */
export function joinParts({ config, versions, trials }: MergePlan, target: ResultsFolder): StudyRun {
  const journal = target.file("trials.jsonl");
  const there = new Map(mendRecords<TrialRecord>(journal).map((record) => [record.id, record]));
  const missing = trials.filter(({ record, folder }) => {
    const before = there.get(record.id);
    if (before !== undefined) requireEqual({ record: before, folder: target.path }, { record, folder });
    return before === undefined;
  });
  if (versions !== undefined) writeJson(target.file("versions.json"), versions);
  for (const { record, folder } of missing) {
    for (const name of [`${record.id}.state`, `${record.id}.history.jsonl`]) {
      writeWhole(target.file("checkpoints", name), readFileSync(join(folder, "checkpoints", name)));
    }
    appendRecord(journal, record);
  }
  const specs = trialSpecs(config);
  return {
    interrupted: false,
    specs,
    records: trials.map(({ record }) => record),
    failed: [],
    trained: missing.length > 0,
  };
}

function requireEqual(before: Place, { record, folder }: Place): void {
  if (before.record.digest === record.digest) return;
  throw new BenchError(
    `${folder}: ${record.id} has another checksum than in ${before.folder}, expected the same; train all parts with one version of stiffnet`,
    1,
  );
}

/** A study's folder itself, and the shards in it. */
function partsIn(folder: string, emptied: string | undefined): string[] {
  const studies = studiesIn(folder);
  const left = studies.filter((part) => part !== emptied);
  if (left.length > 0) return left;
  const none = studies.length > 0 ? "holds nothing but the study that --force deletes" : undefined;
  const what = none ?? (existsSync(folder) ? "holds no study and no shards of one" : "no such folder");
  throw new BenchError(`${folder}: ${what}, expected what 'stiffnet-bench study --shard i/n' left`);
}

/** Which shards of a folder the missing trials belong to, in words. */
function unfinishedShards(config: StudyConfig, folder: string, missing: ReadonlySet<string>): string[] {
  const there = shardsIn(folder);
  return [...new Set(there.map(({ of }) => of))].flatMap((of) =>
    Array.from({ length: of }, (_, i) => ({ index: i + 1, of })).flatMap((shard) => {
      const left = specsOfShard(config, shard).filter(({ id }) => missing.has(id)).length;
      if (left === 0) return [];
      const begun = there.some((other) => other.of === of && other.index === shard.index);
      return `shard ${shard.index} of ${of} ${begun ? `lacks ${left}` : "is not there"}`;
    }),
  );
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 12).join(", ");
  return names.length > 12 ? `${shown} and ${names.length - 12} more` : shown;
}
