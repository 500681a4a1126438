import { existsSync } from "node:fs";
import { join } from "node:path";
import { BenchError, commandLine, type Outcome } from "@stiffnet/terminal";
import type { StudyConfig } from "../configuration/config.ts";
import { differenceOf, readConfig } from "../run/folder.ts";
import { withLockedFolder } from "../run/locked-folder.ts";
import type { TrialRunner } from "../run/pool.ts";
import { type Shard, shardFolder, shardsIn, specsOfShard } from "../run/shard.ts";
import { explainInterruption, requireRecords, runStudy } from "../run/study.ts";

/** Trains one part of a study into a folder of its own beside the other parts. `merge` writes the report when
 *  all parts are there. */
export async function runShard(
  config: StudyConfig,
  { out, shard, force }: { out: string; shard: Shard; force: boolean },
  run: TrialRunner,
): Promise<Outcome> {
  const specs = specsOfShard(config, shard);
  if (!force) requireSameStudy(config, out, shard);
  return withLockedFolder(shardFolder(out, shard), config, { force }, async (folder, stop) => {
    const study = await runStudy(config, folder, { run, specs, signal: stop.signal });
    stop.atOnce();
    if (study.interrupted) return explainInterruption(study, folder);
    requireRecords(study);
    const { records, failed } = study;
    const diverged = records.filter((record) => record.status === "diverged").map(({ id }) => id);
    const document = {
      ...{ command: config.command, shard, trials: specs.map(({ id }) => id), diverged, failed },
      files: { folder: folder.path, trials: folder.file("trials.jsonl") },
    };
    const text = `${config.command}: shard ${shard.index} of ${shard.of} is done, ${records.length} of its ${specs.length} trials in ${folder.path}. When the others are: ${commandLine(["stiffnet-bench", "merge", out])}`;
    return { document, text, exitCode: failed.length > 0 || diverged.length > 0 ? 1 : 0 };
  });
}

/** Hours of training that cannot be merged are found out now. */
function requireSameStudy(config: StudyConfig, out: string, own: Shard): void {
  for (const shard of shardsIn(out)) {
    if (shard.index === own.index && shard.of === own.of) continue;
    const folder = shardFolder(out, shard);
    // It may have been made a moment ago.
    if (!existsSync(join(folder, "config.json"))) continue;
    const difference = differenceOf(readConfig(folder), config);
    if (difference === undefined) continue;
    throw new BenchError(`${folder}: a part of another study: ${difference}; choose another --out`);
  }
}
