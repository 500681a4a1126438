import type { Command } from "commander";
import type { StudyData } from "../data/kinds.ts";
import type { StudyConfig, StudyName } from "../runner/config.ts";
import type { ResultsFolder } from "../runner/folder.ts";
import type { TrainedTrial } from "../runner/results.ts";
import type { StudyRun } from "../runner/study.ts";
import type { Summary } from "../summary.ts";
import type { StudyOptions } from "./options.ts";
import type { StudyFile } from "./schema.ts";

/** A command that trains: what it has of its own, beside its presets. */
export interface StudyKind {
  readonly name: StudyName;
  readonly description: string;
  /** Examples and what else help ends with. */
  readonly help: string;
  /** Its own arguments and options. */
  addOptions(command: Command): void;
  /** What these say of the configuration, which is `file` so far. */
  configured(given: Given): Pick<StudyFile, "data" | "models" | "sweep">;
  /** What is wrong with a configuration that is right for other studies. */
  complaint?(config: StudyConfig): string | undefined;
  /** Writes report and model; returns the document. */
  conclude(results: Results): Promise<Summary>;
  /** The document for a terminal. */
  print(summary: Summary): string;
}

/** A command line. */
export interface Given {
  readonly command: Command;
  readonly options: StudyOptions;
  /** The configuration file over the preset. */
  readonly file: Pick<StudyFile, "data" | "models" | "sweep">;
}

/** What a finished study is made of. */
export interface Results {
  readonly config: StudyConfig;
  readonly data: StudyData;
  readonly folder: ResultsFolder;
  readonly run: StudyRun;
  readonly trials: readonly TrainedTrial[];
  readonly summary: Summary;
}
