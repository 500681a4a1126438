import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { createOutput } from "../output.ts";
import { commandLine } from "../repeat.ts";
import { commonFacts } from "../report/facts.ts";
import { type ReportWithFiles, writeReport } from "../report/write.ts";
import { writeJson } from "../runner/files.ts";
import { openPlainFolder } from "../runner/plain-folder.ts";
import { type Progress, showProgress } from "../runner/progress.ts";
import { interruptedCode, onSignals } from "../signals.ts";
import { machine, versions } from "../versions.ts";

/** Options of a command that computes tables and figures in one go. */
export interface FigureOptions {
  readonly json: boolean;
  readonly out: string;
}

/** Everything that the numbers depend on. */
interface FigureConfig {
  readonly format: 1;
  readonly command: string;
}

/** The one document of such a command: printed with --json and written as summary.json. `Result` is what it computed. */
export type FigureSummary<Config extends FigureConfig, Result extends object> = Result & {
  readonly command: string;
  readonly config: Config;
  /** Over what no clock enters. */
  readonly digest: string;
  /** What computed. */
  readonly engine: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: ReturnType<typeof machine>;
  readonly seconds: number;
  readonly files: Readonly<Record<string, string>>;
};

/** How a computation hears that it should end, and says how far it is. */
export interface Watch {
  readonly signal: AbortSignal;
  /** A line that stays. */
  note(text: string): void;
  /** How far it is, with the time that remains. */
  progress(progress: Progress): void;
  /** Lets signals arrive; true where the computation should end. */
  interrupted(): Promise<boolean>;
}

export interface Computed<Result, Drawn> {
  readonly result: Result;
  /** What figures need beyond the result, and the document is spared. */
  readonly drawn: Drawn;
  /** Files beside those that every such command writes. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface FigureParts<Config extends FigureConfig, Result extends object, Drawn> {
  readonly engine: string;
  /** An error of what was interrupted is none. */
  compute(config: Config, watch: Watch): Promise<Computed<Result, Drawn>>;
  /** What the digest is taken of, as JSON; a text is the digest itself. */
  digested(result: Result): unknown;
  print(summary: FigureSummary<Config, Result>): string;
  /** Machine, versions and time are added to its facts. */
  report(
    summary: FigureSummary<Config, Result>,
    drawn: Drawn,
  ): Omit<ReportWithFiles, "repeat" | "configuration">;
  /** Exit code 1 where it says so. */
  failed?(result: Result): boolean;
}

export function addFigureOptions(command: Command, out: string): Command {
  return command
    .option("--out <dir>", "results folder", out)
    .option("--json", "print one JSON document on standard output, progress on standard error", false);
}

/** Opens the results folder, computes, writes report and summary, prints. Returns the exit code. */
export async function makeFigures<Config extends FigureConfig, Result extends object, Drawn>(
  options: FigureOptions,
  config: Config,
  parts: FigureParts<Config, Result, Drawn>,
): Promise<number> {
  const output = createOutput(options.json);
  const made = openPlainFolder(resolve(options.out), config);
  const began = performance.now();
  const stop = new AbortController();
  // The second Ctrl-C ends the process at once.
  const letGo = onSignals(() => {
    stop.abort();
    letGo();
  });
  const display = showProgress(config.command, process.stderr);
  const watch: Watch = {
    signal: stop.signal,
    note: (text) => display.note(`${config.command}: ${text}`),
    progress: (progress) => display.update(progress),
    interrupted: async () => {
      await new Promise((turn) => setImmediate(turn));
      return stop.signal.aborted;
    },
  };
  const computed = await parts
    .compute(config, watch)
    .catch((error: unknown) => {
      if (!stop.signal.aborted) throw error;
    })
    .finally(() => {
      display.close();
      letGo();
    });
  if (computed === undefined || stop.signal.aborted) {
    output.note("stiffnet: interrupted; this cannot be resumed, nothing was written");
    return interruptedCode;
  }
  const { result, drawn } = computed;
  const files = { ...made, ...computed.files };
  const summary: FigureSummary<Config, Result> = {
    command: config.command,
    config,
    digest: digestOf(parts.digested(result)),
    engine: parts.engine,
    versions: versions(),
    machine: machine(),
    seconds: (performance.now() - began) / 1000,
    ...result,
    files,
  };
  const report = parts.report(summary, drawn);
  await writeReport(
    { file: (...names) => join(made.folder, ...names) },
    {
      ...report,
      facts: [...report.facts, ["digest", summary.digest], ...commonFacts(summary)],
      repeat: commandLine(["stiffnet", ...process.argv.slice(2)]),
      configuration: config,
    },
  );
  writeJson(made.summary, summary);
  output.document(summary);
  output.result(`${parts.print(summary)}\ndigest ${summary.digest}\nreport ${made.report}`);
  return parts.failed?.(result) ? 1 : 0;
}

function digestOf(digested: unknown): string {
  if (typeof digested === "string") return digested;
  return createHash("sha256").update(JSON.stringify(digested)).digest("hex");
}
