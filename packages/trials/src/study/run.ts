import { existsSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { writeJson } from "@stiffnet/base/files";
import { BenchError, commandLine, note, type Outcome } from "@stiffnet/terminal";
import { type StudyConfig, trialSpecs } from "../configuration/config.ts";
import { loadData, type StudyData } from "../data/kinds.ts";
import { keptBack } from "../data/row-subsets.ts";
import type { StudyOptions } from "../options/study-options.ts";
import { enginesOf, type Summary, summarise } from "../results/summary.ts";
import { differenceOf, type ResultsFolder, readConfig, studiesIn, withLockedFolder } from "../run/folder.ts";
import { localRunner, type TrialRunner } from "../run/pool.ts";
import { studyDigest, trainedTrials } from "../run/results.ts";
import { type Shard, shardFolder, specsOfShard } from "../run/shard.ts";
import { explainInterruption, requireRecords, runStudy, type StudyRun } from "../run/study.ts";
import { freshModel } from "../run/trial.ts";
import type { Results, StudyKind } from "./kind.ts";

type RunOptions = Pick<StudyOptions, "out" | "force" | "workers" | "shard" | "queue" | "lostAfter">;

/** The course of every study: open the folder, train what is missing, write the report and the summary,
 *  the document. The data are loaded unless they were already. */
export async function runStudyCommand(
  config: StudyConfig,
  options: RunOptions,
  kind: StudyKind,
  loaded?: StudyData,
): Promise<Outcome> {
  // Wrong data and networks, and a queue out of reach, are said before anything is written.
  const data = loaded ?? (await loadData(config.data, config.seed));
  for (const model of config.models) freshModel(config, { model, trial: 0 }, data);
  keptBack(data, config.data.validation, 0);
  const run = await trialRunner(options, data);
  const { shard } = options;
  const out = resolve(options.out);
  const path = shard === undefined ? out : shardFolder(out, shard);
  const specs = shard === undefined ? trialSpecs(config) : specsOfShard(config, shard);
  if (shard !== undefined && !options.force) requireSameStudy(config, out, path);
  return withLockedFolder(path, config, options, async (folder, stop) => {
    const study = await runStudy(config, folder, { run, specs, signal: stop.signal });
    stop.atOnce();
    if (study.interrupted) return explainInterruption(study, folder);
    if (shard !== undefined) return shardOutcome(config, study, folder, { out, shard });
    return finishStudy({ config, data, folder, run: study }, kind);
  });
}

/** Hours of training that cannot be merged are found out now. */
function requireSameStudy(config: StudyConfig, out: string, own: string): void {
  for (const folder of studiesIn(out).filter((each) => each !== out && each !== own)) {
    const difference = differenceOf(readConfig(folder), config);
    if (difference === undefined) continue;
    throw new BenchError(`${folder}: a part of another study: ${difference}; choose another --out`);
  }
}

/** A part of a study, in a folder beside the other parts. `merge` writes the report when all are there. */
function shardOutcome(
  config: StudyConfig,
  study: StudyRun,
  folder: ResultsFolder,
  { out, shard }: { out: string; shard: Shard },
): Outcome {
  requireRecords(study);
  const { specs, records, failed } = study;
  const diverged = records.filter((record) => record.status === "diverged").map(({ id }) => id);
  const document = {
    command: config.command,
    shard,
    trials: specs.map(({ id }) => id),
    diverged,
    failed,
    files: { folder: folder.path, trials: folder.file("trials.jsonl") },
  };
  const text = `${config.command}: shard ${shard.index} of ${shard.of} is done, ${records.length} of its ${specs.length} trials in ${folder.path}. When the others are: ${commandLine(["stiffnet-bench", "merge", out])}`;
  return { document, text, exitCode: failed.length > 0 || diverged.length > 0 ? 1 : 0 };
}

/** Trains on this machine, or through a queue on others. */
export async function trialRunner(
  { workers, queue, lostAfter }: Pick<StudyOptions, "workers" | "queue" | "lostAfter">,
  data: StudyData,
): Promise<TrialRunner> {
  if (queue === undefined) return localRunner(workers, data);
  const { queueRunner } = await import("../queue/producer.ts");
  return queueRunner(queue, lostAfter);
}

/** Writes what came out of the trials. */
export async function finishStudy(
  results: Omit<Results, "trials" | "summary">,
  kind: StudyKind,
): Promise<Outcome> {
  const { config, data, folder, run } = results;
  requireRecords(run);
  if (config.models.some(({ engine }) => engine !== undefined)) {
    note(`${config.command}: trained on ${enginesOf(run.records)}`);
  }
  let summary = run.trained ? undefined : readSummary(folder, studyDigest(config, run.records));
  if (summary === undefined) {
    const plain = summarise(config, run.records, run.failed, filesOf(folder));
    const trials = trainedTrials(config, folder, run.records, data);
    summary = await kind.conclude({ config, data, folder, run, trials, summary: plain });
    // Last: where it stands, everything does.
    writeJson(folder.file("summary.json"), summary);
  } else {
    note(
      `${config.command}: already finished in ${folder.path}, so nothing was trained (--force starts over)`,
    );
  }
  const troubled = run.failed.length > 0 || run.records.some((record) => record.status !== "finished");
  return { document: summary, text: kind.print(summary), exitCode: troubled ? 1 : 0 };
}

function filesOf(folder: ResultsFolder): Record<string, string> {
  return {
    folder: folder.path,
    config: folder.file("config.json"),
    trials: folder.file("trials.jsonl"),
    checkpoints: folder.file("checkpoints"),
    figures: folder.file("figures"),
    tables: folder.file("tables"),
    report: folder.file("report.html"),
    summary: folder.file("summary.json"),
  };
}

/** The document of an earlier run over the same trials. */
function readSummary(folder: ResultsFolder, digest: string): Summary | undefined {
  const file = folder.file("summary.json");
  if (!existsSync(file) || !existsSync(folder.file("report.html"))) return undefined;
  try {
    const summary: Summary = JSON.parse(readFileSync(file, "utf8"));
    return summary.digest === digest
      ? { ...summary, files: { ...moved(summary.files, folder), ...filesOf(folder) } }
      : undefined;
  } catch {
    return undefined;
  }
}

/** The folder may have been moved since. */
function moved(files: Summary["files"], folder: ResultsFolder): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, path]) => [name, folder.file(basename(path))]));
}
