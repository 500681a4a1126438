import type { Outcome } from "@stiffnet/terminal";
import type { Command } from "commander";
import type { StudyConfig, StudyName } from "../configuration/config.ts";
import type { StudyFile } from "../configuration/schema.ts";
import type { StudyData } from "../data/kinds.ts";
import type { StudyOptions } from "../options/study-options.ts";
import type { Summary } from "../results/summary.ts";
import type { ResultsFolder } from "../run/folder.ts";
import type { TrainedTrial } from "../run/results.ts";
import type { StudyRun } from "../run/study.ts";

/** A command that trains: what it has of its own, beside its presets. */
export interface StudyKind {
  readonly name: StudyName;
  /** Examples and what else help ends with. */
  readonly help: string;
  /** Its own arguments and options. */
  addOptions(command: Command): void;
  /** Their part of the configuration, given `file` so far. */
  configured(given: Given): Pick<StudyFile, "data" | "models" | "sweep" | "surrogate" | "refit">;
  /** Fault of a configuration that is valid for other studies. */
  complaint?(config: StudyConfig): string | undefined;
  /** Chooses fields that the options leave open, in a folder within `out`; undefined if all are given. */
  choose?(asked: Asked): Promise<Chosen | undefined>;
  /** Writes report and model; returns the document. */
  conclude(results: Results): Promise<Summary>;
  /** The document for a terminal. */
  print(summary: Summary): string;
}

export interface Given {
  readonly command: Command;
  readonly options: StudyOptions;
  /** The configuration file over the preset. */
  readonly file: Pick<StudyFile, "data" | "models" | "sweep">;
}

/** A configuration that may leave something to be chosen. */
export interface Asked {
  readonly config: StudyConfig;
  /** The fields that were given, which are not chosen. */
  readonly file: StudyFile;
  readonly options: StudyOptions;
  readonly data?: StudyData;
}

/** The choice, or a message if choosing was interrupted. */
export type Chosen = { readonly config: StudyConfig } | { readonly interrupted: Outcome };

/** The parts of a finished study. */
export interface Results {
  readonly config: StudyConfig;
  readonly data: StudyData;
  readonly folder: ResultsFolder;
  readonly run: StudyRun;
  readonly trials: readonly TrainedTrial[];
  readonly summary: Summary;
}
