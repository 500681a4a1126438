import { existsSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { createOutput } from "../output.ts";
import type { StudyConfig } from "../runner/config.ts";
import { loadData, type StudyData } from "../runner/data.ts";
import { writeJson } from "../runner/files.ts";
import { ResultsFolder } from "../runner/folder.ts";
import { studyDigest, type TrainedTrial, trainedTrials } from "../runner/results.ts";
import { explainInterruption, requireRecords, runStudy, type StudyRun } from "../runner/study.ts";
import { type Summary, summarise } from "../summary.ts";

export interface StudyCommandOptions {
  readonly out: string;
  readonly force: boolean;
  readonly json: boolean;
  readonly workers: number;
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

/** The course of every study: open the folder, train what is missing, write the report and the summary, print.
 *  Returns the exit code. */
export async function studyCommand<S extends Summary>(
  config: StudyConfig,
  options: StudyCommandOptions,
  steps: {
    /** Writes report and model; returns the document. */
    conclude: (results: Results<Summary>) => Promise<S>;
    /** The document for a terminal. */
    print: (summary: S) => string;
  },
): Promise<number> {
  const output = createOutput(options.json);
  // Wrong data is said before anything is written.
  const data = await loadData(config.data, config.seed);
  const folder = ResultsFolder.open(resolve(options.out), config, options);
  const stop = new AbortController();
  let training = true;
  const onSignal = (): void => {
    if (training && !stop.signal.aborted) {
      stop.abort();
      return;
    }
    // All is saved, or the user insists.
    folder.close();
    process.exit(130);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, onSignal);
  try {
    const { signal } = stop;
    const run = await runStudy(config, folder, { workers: options.workers, output, signal });
    training = false;
    if (run.interrupted) {
      explainInterruption(run, config, folder, output);
      return 130;
    }
    requireRecords(run);
    let summary = run.trained ? undefined : readSummary<S>(folder, studyDigest(config, run.records));
    if (summary === undefined) {
      const files = filesOf(folder);
      const plain = summarise(config, run.records, run.failed, files);
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
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
    folder.close();
  }
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
