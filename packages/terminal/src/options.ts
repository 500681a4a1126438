import { statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { type Command, InvalidArgumentError, Option } from "commander";
import { setKernels } from "./environment.ts";
import { BenchError } from "./errors.ts";
import { choice, collect, type OptionParser, parser, text, whole } from "./option-parsers.ts";
import { excludes } from "./option-rules.ts";

/** Columns of a table: numbers, names and ranges. */
const columns: OptionParser<string> = parser(
  "columns of a table, separated by commas, as in 1-15 or lai,soil*",
  "1-2",
  (given) => (given.split(",").some((part) => part.trim() === "") ? undefined : given),
);

/** A folder that is there or can be made. */
const folder: OptionParser<string> = parser("a folder, and it is a file", "folder", (given) => {
  if (given === "") return undefined;
  const found = statSync(given, { throwIfNoEntry: false });
  return found === undefined || found.isDirectory() ? given : undefined;
});

/** Parsers for options without one, by placeholder. */
const byPlaceholder: Readonly<Record<string, OptionParser<string>>> = { dir: folder, columns };

/** The parser of an option that has a value. */
export function parserOf(option: Option): OptionParser<unknown> | undefined {
  if (!option.required && !option.optional) return undefined;
  const given = option.parseArg as unknown as Partial<OptionParser<unknown>> | undefined;
  if (given?.expected !== undefined) return given as OptionParser<unknown>;
  const [, placeholder = ""] = /<(\w+)/.exec(option.flags) ?? [];
  const one = byPlaceholder[placeholder] ?? text;
  return option.variadic ? collect(one) : one;
}

/** Complaints of every command have one form. Giving a single-value option twice is an error. */
export function withHabits(command: Command): Command {
  for (const option of command.options) {
    const parse = parserOf(option);
    if (parse === undefined) continue;
    const read = (given: string, before: unknown): unknown => {
      try {
        return parse(given, before);
      } catch (error) {
        if (!(error instanceof InvalidArgumentError)) throw error;
        throw new BenchError(`${option.long}: ${error.message}`);
      }
    };
    option.parseArg = Object.assign(read, parse) as NonNullable<Option["parseArg"]>;
    if (parse.repeatable) continue;
    let times = 0;
    command.on(`option:${option.name()}`, () => {
      times++;
      if (times > 1) throw new BenchError(`${option.long}: is given twice, expected once`);
    });
  }
  return command;
}

/** An option that has no value where it is not given; help says what that means. */
export function unset(flags: string, words: string, told: string, parser?: OptionParser<unknown>): Option {
  const option = new Option(flags, words).default(undefined, told);
  return parser === undefined ? option : option.argParser(parser);
}

/** An option by its name in a configuration, where `secondsPerTurn` is --seconds-per-turn: its placeholder,
 *  what it says, what reads it, and what it is where it is not given. */
export interface OptionRow<T> {
  readonly placeholder: string;
  readonly words: string;
  readonly parser: OptionParser<T>;
  readonly usual: T;
  /** The default in the words of help. */
  readonly told?: string | undefined;
}

export function row<T>(
  placeholder: string,
  words: string,
  parser: OptionParser<T>,
  usual?: undefined,
  told?: string,
): OptionRow<T | undefined>;
export function row<T>(
  placeholder: string,
  words: string,
  parser: OptionParser<T>,
  usual: NoInfer<T>,
): OptionRow<T>;
export function row(
  placeholder: string,
  words: string,
  parser: OptionParser<unknown>,
  usual?: unknown,
  told?: string,
) {
  return { placeholder, words, parser, usual, told };
}

export function addRows(command: Command, rows: Readonly<Record<string, OptionRow<unknown>>>): Command {
  for (const [field, { placeholder, words, parser, usual, told }] of Object.entries(rows)) {
    const name = field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const option = new Option(`--${name} ${placeholder}`, words).argParser(parser);
    command.addOption(option.default(usual, told));
  }
  return command;
}

export interface CommonOptions {
  readonly json: boolean;
  readonly out: string;
  readonly seed: number;
  readonly workers: number;
}

export function addOut(command: Command, usual: string): Command {
  return command.option("--out <dir>", "folder for the results", usual);
}

/** The option of commands that draw random numbers. */
export const seeded = {
  seed: row("<n>", "seed of all random numbers", whole(0, 2 ** 32 - 1), 1),
};

export function addSeed(command: Command): Command {
  return addRows(command, seeded);
}

/** Options of what computes: they change how long a training takes and nothing in its result. They go to the
 *  kernels, also those of worker processes, by the environment. */
export function addComputing(command: Command): Command {
  excludes(
    command,
    ["--threads", "--kernels"],
    "WebAssembly has one thread",
    ({ kernels }) => kernels === "wasm",
  );
  return command
    .addOption(
      unset(
        "--kernels <which>",
        "code that computes; auto is native code if it is built, else WebAssembly; the results are identical",
        "auto",
        choice(["auto", "wasm", "native"]),
      ),
    )
    .option("--threads <n>", "threads that train one network together; needs native kernels", whole(1, 256))
    .hook("preAction", (called) => {
      const { kernels, threads } = called.opts<{ kernels?: string; threads?: number }>();
      setKernels({ kernels, ...(threads !== undefined && { threads }) });
      if (threads === undefined) return;
      if (called.getOptionValueSource("workers") !== "default") return;
      called.setOptionValueWithSource(
        "workers",
        Math.max(1, Math.floor(availableParallelism() / threads)),
        "default",
      );
    });
}

export function addWorkers(command: Command): Command {
  return command.addOption(
    new Option("--workers <n>", "processes that train at the same time")
      .argParser(whole(1, 1024))
      .default(availableParallelism(), "one for each core, fewer with --threads"),
  );
}
