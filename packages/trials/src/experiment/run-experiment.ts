import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { ensureFolder, refuseToReplace, writeJson } from "@stiffnet/base/files";
import { type Circumstances, commonFacts, machine, type ReportWithFiles } from "@stiffnet/report";
import {
  addOut,
  addRows,
  BenchError,
  type CommandDefinition,
  calledAs,
  commandLine,
  interruptedCode,
  note,
  type OptionRow,
  type Outcome,
  type Progress,
  showProgress,
  stopOnSignals,
  textTable,
} from "@stiffnet/terminal";
import type { Command } from "commander";
import { versions } from "../versions.ts";

/** Options of a command that computes tables and figures in one go, beside those that it computes with. */
export interface ExperimentOptions {
  readonly json: boolean;
  readonly out: string;
}

/** Everything that the numbers depend on. */
export interface ExperimentConfig<Name extends string = string> {
  readonly format: 1;
  readonly command: Name;
  readonly seed?: number;
}

/** Configuration of an experiment with these options. */
export type ConfigOf<Name extends string, Rows> = ExperimentConfig<Name> & {
  readonly [Field in keyof Rows]: Rows[Field] extends OptionRow<infer T> ? T : never;
};

/** The one document of such a command: printed with --json and written as summary.json. `Result` is what it
 *  computed. */
export type ExperimentSummary<Config extends ExperimentConfig, Result extends object> = Result &
  Circumstances & {
    readonly command: string;
    readonly config: Config;
    /** Over what no clock enters. */
    readonly digest: string;
    readonly engine: string;
    readonly files: Readonly<Record<string, string>>;
  };

/** How a computation hears that it should end, and says how far it is. */
export interface Watch {
  readonly signal: AbortSignal;
  /** The results folder. */
  readonly folder: string;
  /** The last data that an interrupted computation of the same configuration saved, or undefined. */
  readonly saved: unknown;
  /** Saves plain data to go on from. */
  save(state: unknown): void;
  /** A line that stays. */
  note(text: string): void;
  /** How far it is, with the time that remains. */
  progress(progress: Progress): void;
  /** Lets signals arrive; true where the computation should end. */
  interrupted(): Promise<boolean>;
}

export interface Computed<Result, Drawn> {
  readonly result: Result;
  /** Further data for figures that the document does not need. */
  readonly drawn?: Drawn;
  /** Files beside those that every such command writes. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface Presentation extends Pick<ReportWithFiles, "title" | "lead" | "tables" | "figures"> {
  /** How it was made; seed, digest, machine, versions and time are added. */
  readonly facts?: ReportWithFiles["facts"];
  /** Text for the terminal instead of tables and lead. */
  readonly printed?: string;
}

export interface Experiment<Config extends ExperimentConfig, Result extends object, Drawn> {
  /** The name of the engine, or a function that gives it at run time. */
  readonly engine: string | (() => string);
  /** An error of what was interrupted is none. */
  compute(config: Config, watch: Watch): Promise<Computed<Result, Drawn>>;
  /** A value whose JSON is hashed to the digest, or the digest itself as text. */
  digested(result: Result, config: Config): unknown;
  present(summary: ExperimentSummary<Config, Result>, drawn: Drawn): Presentation;
  /** Exit code 1 where it says so. */
  failed?(result: Result): boolean;
}

/** A command whose options are what its experiment computes with. */
export function experimentCommand<
  const Name extends string,
  Rows extends Readonly<Record<string, OptionRow<unknown>>>,
  Result extends object,
  Drawn = undefined,
  Config extends ExperimentConfig = ConfigOf<Name, Rows>,
>(
  name: Name,
  experiment: {
    /** Notes and examples, which end its help. */
    readonly help: string;
    readonly options: Rows;
    /** The configuration, if it has more than the options. Wrong input is refused here, before anything is
     *  written. */
    settings?(options: ConfigOf<Name, Rows>): Config | Promise<Config>;
  } & Experiment<Config, Result, Drawn>,
): CommandDefinition<ExperimentOptions> {
  const { help, options: rows, settings } = experiment;
  return {
    help,
    declare(command: Command) {
      addRows(command, rows);
      addOut(command, `results/${name}`);
    },
    async run(options) {
      const { json: _, out: __, ...rest } = options;
      const chosen = { format: 1, command: name, ...rest } as unknown as ConfigOf<Name, Rows>;
      const config = (await settings?.(chosen)) ?? (chosen as unknown as Config);
      return runExperiment(options, config, experiment);
    },
  };
}

/** Opens the results folder, computes, writes report and summary. */
export async function runExperiment<Config extends ExperimentConfig, Result extends object, Drawn>(
  options: ExperimentOptions,
  config: Config,
  experiment: Experiment<Config, Result, Drawn>,
): Promise<Outcome> {
  const made = openPlainFolder(resolve(options.out), config);
  const began = performance.now();
  const stop = stopOnSignals();
  const display = showProgress(config.command, process.stderr);
  const checkpoint = checkpointIn(made.folder, config);
  const watch: Watch = {
    signal: stop.signal,
    folder: made.folder,
    saved: checkpoint.saved,
    save: checkpoint.save,
    note: (text) => display.note(`${config.command}: ${text}`),
    progress: (progress) => display.update(progress),
    interrupted: async () => {
      await new Promise((turn) => setImmediate(turn));
      return stop.signal.aborted;
    },
  };
  const computed = await experiment
    .compute(config, watch)
    .catch((error: unknown) => {
      if (!stop.signal.aborted) throw error;
    })
    .finally(() => {
      display.close();
      stop.letGo();
    });
  if (computed === undefined || stop.signal.aborted) {
    const what = checkpoint.exists()
      ? "the same command continues"
      : "nothing was written, and the next run starts from the beginning";
    note(`${calledAs()[0]}: interrupted; ${what}`);
    return { exitCode: interruptedCode };
  }
  const { result, drawn } = computed;
  const files = { ...made, ...computed.files };
  const summary: ExperimentSummary<Config, Result> = {
    command: config.command,
    config,
    digest: digestOf(experiment.digested(result, config)),
    engine: typeof experiment.engine === "string" ? experiment.engine : experiment.engine(),
    versions: versions(),
    machine: machine(),
    seconds: (performance.now() - began) / 1000,
    ...result,
    files,
  };
  const { facts = [], printed, ...report } = experiment.present(summary, drawn as Drawn);
  // Charts load slowly, so a wrong option is refused first.
  const { writeReport } = await import("@stiffnet/report/charts");
  writeJson(made.config, config);
  await writeReport(
    { file: (...names) => join(made.folder, ...names) },
    {
      ...report,
      facts: [
        ...facts,
        ...(config.seed === undefined ? [] : [["seed", String(config.seed)] as const]),
        ["checksum", summary.digest],
        ...commonFacts(summary),
      ],
      repeat: commandLine(calledAs()),
      configuration: config,
    },
  );
  writeJson(made.summary, summary);
  checkpoint.remove();
  return {
    document: summary,
    text: `${printed ?? shown(report)}\nchecksum ${summary.digest}\nreport   ${made.report}`,
    exitCode: experiment.failed?.(result) ? 1 : 0,
  };
}

/** Opens the results folder of an experiment. A folder of the same command is going to be overwritten, and
 *  stays as it is until there are results; a folder of another command is refused. Returns where its files
 *  lie. */
function openPlainFolder(
  folder: string,
  config: { readonly command: string },
): { folder: string; config: string; report: string; summary: string } {
  for (const name of ["config.json", "figures", "report.html", "summary.json", "tables"]) {
    refuseToReplace(join(folder, name));
  }
  ensureFolder(folder);
  const file = join(folder, "config.json");
  if (!existsSync(file)) {
    // A report empties them first.
    const foreign = ["figures", "tables"].find((name) => existsSync(join(folder, name)));
    if (foreign !== undefined) {
      throw new BenchError(
        `${folder}: the folder holds '${foreign}' but no study, expected an empty folder or one with a study; choose another --out`,
      );
    }
    writeJson(file, config);
  } else {
    const held = commandIn(file);
    if (held !== config.command) {
      throw new BenchError(
        `${folder}: holds a study of '${held}', expected none or one of '${config.command}'; choose another --out`,
      );
    }
  }
  return { folder, config: file, report: join(folder, "report.html"), summary: join(folder, "summary.json") };
}

function commandIn(file: string): unknown {
  try {
    return (JSON.parse(readFileSync(file, "utf8")) as { command?: unknown } | null)?.command;
  } catch {
    throw new BenchError(`${file}: not the configuration of a study (broken JSON); choose another --out`);
  }
}

/** The state of an unfinished computation, in the folder; of another configuration it does not count. */
function checkpointIn(folder: string, config: object) {
  const file = join(folder, "checkpoint.json");
  const same = JSON.stringify(config);
  let [saved, kept]: [unknown, boolean] = [undefined, false];
  if (existsSync(file)) {
    try {
      const held = JSON.parse(readFileSync(file, "utf8")) as { config?: unknown; state?: unknown };
      if (JSON.stringify(held.config) === same) [saved, kept] = [held.state, true];
    } catch {
      // A file that is not ours is of no use, and written over.
    }
  }
  return {
    saved,
    save(state: unknown) {
      writeJson(file, { config, state });
      kept = true;
    },
    exists: () => kept,
    remove() {
      if (kept) rmSync(file, { force: true });
    },
  };
}

function shown({ tables, lead }: Pick<Presentation, "tables" | "lead">): string {
  return [...lead, "", ...tables.map(({ header, rows }) => `${textTable(header, rows)}\n`)].join("\n").trim();
}

function digestOf(digested: unknown): string {
  if (typeof digested === "string") return digested;
  return createHash("sha256").update(JSON.stringify(digested)).digest("hex");
}
