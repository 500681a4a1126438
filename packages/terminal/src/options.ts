import { statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { type Command, InvalidArgumentError, Option } from "commander";
import { setKernels } from "./environment.ts";
import { BenchError } from "./errors.ts";
import { excludes } from "./option-rules.ts";

/** Reads what is given for an option. Every option of every command is read by one of these, so that all have
 *  one habit. */
export interface OptionParser<T> {
  (given: string, before?: unknown): T;
  /** The value, or undefined where the text is not what is expected. */
  readonly read: (text: string) => T | undefined;
  /** The expected value, in the words of a complaint. */
  readonly expected: string;
  /** A text that is right; tests walk over them. */
  readonly example: string;
  /** The possible values, as help lists them. */
  readonly members?: readonly string[];
  /** The option may be given several times: the values are collected. */
  readonly repeatable?: boolean;
}

export function parser<T>(
  expected: string,
  example: string,
  read: (text: string) => T | undefined,
  shown: (given: string) => string = (given) => given,
): OptionParser<T> {
  const parse = (given: string): T => read(given.trim()) ?? refuse(`'${shown(given)}'`, expected);
  return Object.assign(parse, { read, expected, example });
}

function refuse(given: string, expected: string): never {
  throw new InvalidArgumentError(`is ${given}, expected ${expected}`);
}

/** A whole number within bounds, 1e3 too. */
export function whole(least: number, most: number = Number.MAX_SAFE_INTEGER): OptionParser<number> {
  const expected =
    most === Number.MAX_SAFE_INTEGER
      ? `a whole number of at least ${least}`
      : `a whole number from ${least} to ${most}`;
  return parser(expected, String(least), (text) => {
    const value = Number(text);
    return /^[+-]?\d+(e\+?\d+)?$/i.test(text) && value >= least && value <= most ? value : undefined;
  });
}

function decimal(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text))
    ? Number(text)
    : Number.NaN;
}

function number(expected: string, example: string, good: (value: number) => boolean): OptionParser<number> {
  return parser(expected, example, (text) => {
    const value = decimal(text);
    return good(value) ? value : undefined;
  });
}

/** A number above `bound` (or at least `bound`, with `orEqual`). */
export function above(bound: number, orEqual = false): OptionParser<number> {
  const expected = orEqual ? `a number of at least ${bound}` : `a number above ${bound}`;
  return number(expected, `${bound + 0.5}`, (value) => (orEqual ? value >= bound : value > bound));
}

export const finite: OptionParser<number> = number("a number", "-1.5", Number.isFinite);

/** A number between two others, both left out. */
export function between(low: number, high: number): OptionParser<number> {
  const expected = `a number above ${low} and below ${high}`;
  return number(expected, `${(low + high) / 2}`, (value) => value > low && value < high);
}

/** A fraction from 0 to `most`. */
export function fraction(most: number): OptionParser<number> {
  return number(`a fraction from 0 to ${most}`, `${most / 2}`, (value) => value >= 0 && value <= most);
}

/** A part of the rows: a fraction, which is written with a point and is below 1, or a count. */
export const share: OptionParser<number> = parser(
  "a fraction below 1 or a whole number of rows",
  "0.2",
  (text) => {
    const count = whole(0).read(text);
    const value = count ?? decimal(text);
    return count !== undefined || (value >= 0 && value < 1) ? value : undefined;
  },
);

export function choice<T extends string>(members: readonly T[]): OptionParser<T> {
  const one = parser(`one of ${members.join(", ")}`, members[0]!, (text) =>
    members.find((known) => known === text),
  );
  return Object.assign(one, { members });
}

/** Values separated by commas, each read by `one`. */
export function list<T>(one: OptionParser<T>): OptionParser<T[]> {
  const expected = `${one.expected}; several are separated by commas`;
  const read = (text: string): T[] | undefined => {
    const values = text.split(",").map((member) => one.read(member.trim()));
    return values.every((value) => value !== undefined) ? (values as T[]) : undefined;
  };
  const parse = (given: string): T[] =>
    given.split(",").map((member) => {
      const within = member === given ? "" : ` in '${given}'`;
      return one.read(member.trim()) ?? refuse(`'${member}'${within}`, expected);
    });
  return Object.assign(parse, { read, expected, example: `${one.example},${one.example}` });
}

export function listOf<T extends string>(members: readonly T[]): OptionParser<T[]> {
  return Object.assign(list(choice(members)), { members });
}

/** Converts the value that `one` reads. */
export function mapped<A, B>(one: OptionParser<A>, of: (value: A) => B): OptionParser<B> {
  const read = (given: string): B | undefined => {
    const value = one.read(given);
    return value === undefined ? undefined : of(value);
  };
  return Object.assign((given: string) => of(one(given)), { ...one, read });
}

export const text: OptionParser<string> = parser(
  "a text that is not empty",
  "text",
  (given) => given || undefined,
);

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

/** An option that may be given several times. */
export function collect<T>(one: OptionParser<T>): OptionParser<T[]> {
  const parse = (given: string, before: unknown): T[] => [...((before ?? []) as T[]), one(given)];
  const read = (given: string): T[] | undefined => {
    const value = one.read(given);
    return value === undefined ? undefined : [value];
  };
  return Object.assign(parse, { read, expected: one.expected, example: one.example, repeatable: true });
}

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
