import { existsSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { loadData, type StudyData } from "../data/kinds.ts";
import { createOutput, type Output } from "../output.ts";
import { requireConsistent, type StudyConfig } from "../runner/config.ts";
import { writeJson } from "../runner/files.ts";
import type { ResultsFolder } from "../runner/folder.ts";
import { holdFolder } from "../runner/hold.ts";
import { localRunner, type TrialRunner } from "../runner/pool.ts";
import { studyDigest, type TrainedTrial, trainedTrials } from "../runner/results.ts";
import type { Shard } from "../runner/shard.ts";
import { explainInterruption, requireRecords, runStudy, type StudyRun } from "../runner/study.ts";
import { freshModel } from "../runner/trial.ts";
import { enginesOf, type Summary, summarise } from "../summary.ts";
import type { QueueOptions } from "./where-options.ts";

export interface StudyCommandOptions extends QueueOptions {
  readonly out: string;
  readonly force: boolean;
  readonly json: boolean;
  readonly workers: number;
  readonly shard?: Shard;
}

/** What a finished study is turned into. */
export interface Results<S extends Summary> {
  readonly config: StudyConfig;
  readonly data: StudyData;
  readonly folder: ResultsFolder;
  readonly run: StudyRun;
  readonly trials: readonly TrainedTrial[];
  readonly summary: S;
}

export interface StudySteps<S extends Summary> {
  /** Writes report and model; returns the document. */
  readonly conclude: (results: Results<Summary>) => Promise<S>;
  /** The document for a terminal. */
  readonly print: (summary: S) => string;
}

/** The course of every study: open the folder, train what is missing, write the report and the summary,
 *  print. The data are loaded unless they were already. Returns the exit code. */
export async function studyCommand<S extends Summary>(
  config: StudyConfig,
  options: StudyCommandOptions,
  steps: StudySteps<S>,
  loaded?: StudyData,
): Promise<number> {
  const output = createOutput(options.json);
  // Wrong options, data and networks, and a queue out of reach, are said before anything is written.
  requireConsistent(config);
  const data = loaded ?? (await loadData(config.data, config.seed));
  for (const model of config.models) freshModel(config, { model, trial: 0 }, data);
  const run = await trialRunner(options, data);
  const out = resolve(options.out);
  if (options.shard !== undefined) {
    const { shardCommand } = await import("./shard-command.ts");
    return shardCommand(config, { ...options, out, shard: options.shard }, run);
  }
  return holdFolder(out, config, options, async (folder, { signal, trained }) => {
    const study = await runStudy(config, folder, { run, output, signal });
    trained();
    if (study.interrupted) {
      explainInterruption(study, folder, output);
      return 130;
    }
    return finishStudy({ config, data, folder, run: study }, steps, output);
  });
}

async function trialRunner(
  { workers, queue, lostAfter }: StudyCommandOptions,
  data: StudyData,
): Promise<TrialRunner> {
  if (queue === undefined) return localRunner(workers, data);
  const { queueRunner } = await import("../runner/queue/producer.ts");
  return queueRunner(queue, lostAfter);
}

/** Writes and prints what came out of the trials. Returns the exit code. */
export async function finishStudy<S extends Summary>(
  results: Omit<Results<S>, "trials" | "summary">,
  steps: StudySteps<S>,
  output: Output,
): Promise<number> {
  const { config, data, folder, run } = results;
  requireRecords(run);
  const engines = enginesOf(run.records);
  if (engines !== "wasm") output.note(`${config.command}: trained on ${engines}`);
  let summary = run.trained ? undefined : readSummary<S>(folder, studyDigest(config, run.records));
  if (summary === undefined) {
    const plain = summarise(config, run.records, run.failed, filesOf(folder));
    const trials = trainedTrials(config, folder, run.records, data);
    summary = await steps.conclude({ config, data, folder, run, trials, summary: plain });
    // Last: where it stands, everything does.
    writeJson(folder.file("summary.json"), summary);
  } else {
    output.note(
      `${config.command}: already finished in ${folder.path}; nothing was trained (--force starts over)`,
    );
  }
  output.document(summary);
  output.result(steps.print(summary));
  const troubled = run.failed.length > 0 || run.records.some((record) => record.status !== "finished");
  return troubled ? 1 : 0;
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
function readSummary<S extends Summary>(folder: ResultsFolder, digest: string): S | undefined {
  const file = folder.file("summary.json");
  if (!existsSync(file) || !existsSync(folder.file("report.html"))) return undefined;
  try {
    const summary: S = JSON.parse(readFileSync(file, "utf8"));
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
