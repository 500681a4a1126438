import { availableParallelism } from "node:os";
import { type Command, InvalidArgumentError, Option } from "commander";

/** Options that every command has. */
export interface CommonOptions {
  readonly json: boolean;
  readonly out: string;
  readonly seed: number;
  readonly workers: number;
}

export function addCommonOptions(command: Command, defaults: { out: string }): Command {
  command
    .option("--out <dir>", "results folder", defaults.out)
    .option("--seed <n>", "seed of everything random", whole(0, 2 ** 32 - 1), 1);
  return addWorkers(command).option(
    "--json",
    "print one JSON document on standard output, progress on standard error",
    false,
  );
}

export function addWorkers(command: Command): Command {
  return command.addOption(
    new Option("--workers <n>", "worker processes")
      .argParser(whole(1, 1024))
      .default(availableParallelism(), "one a core"),
  );
}

/** A whole number within bounds. */
export function whole(least: number, most: number = Number.MAX_SAFE_INTEGER): (text: string) => number {
  const expected =
    most === Number.MAX_SAFE_INTEGER
      ? `a whole number of at least ${least}`
      : `a whole number from ${least} to ${most}`;
  return (text) => {
    const value = Number(text);
    if (!/^[+-]?\d+$/.test(text.trim()) || value < least || value > most) refuse(text, expected);
    return value;
  };
}

/** A finite number above `bound` (or at least `bound`, with `orEqual`). */
export function above(bound: number, orEqual = false): (text: string) => number {
  return (text) => {
    const value = Number(text);
    const good = text.trim() !== "" && Number.isFinite(value) && (orEqual ? value >= bound : value > bound);
    if (!good) refuse(text, orEqual ? `a number of at least ${bound}` : `a number above ${bound}`);
    return value;
  };
}

export function finite(text: string): number {
  const value = Number(text);
  return text.trim() !== "" && Number.isFinite(value) ? value : refuse(text, "a number");
}

/** A number between two others, both left out. */
export function between(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !(value > low && value < high))
      refuse(text, `a number above ${low} and below ${high}`);
    return value;
  };
}

/** A fraction below 1 or a count of rows. */
export function share(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    const good = text.trim() !== "" && value >= least && (value < 1 || Number.isInteger(value));
    if (!good || (least > 0 && value === 0))
      refuse(text, `a fraction between 0 and 1 or a whole number of rows`);
    return value;
  };
}

/** Members of a list, separated by commas. */
export function listOf<T extends string>(members: readonly T[]): (text: string) => T[] {
  return (text) =>
    text.split(",").map((name) => {
      const found = members.find((member) => member === name.trim());
      return found ?? refuse(name, `some of ${members.map((m) => `'${m}'`).join(", ")}, separated by commas`);
    });
}

/** Numbers separated by commas, each read as `one` reads it. */
export function numbers(one: (text: string) => number): (text: string) => number[] {
  return (text) => text.split(",").map(one);
}

function refuse(given: string, expected: string): never {
  throw new InvalidArgumentError(`'${given}' is not ${expected}.`);
}
