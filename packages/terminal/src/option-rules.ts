import type { Command } from "commander";
import { BenchError } from "./errors.ts";

/** Two options that exclude each other, or an option that needs another. */
export interface OptionRule {
  readonly kind: "excludes" | "needs";
  readonly options: readonly [string, string];
  /** The expectation, or the reason. */
  readonly why: string;
  /** If given, the rule holds only for options with which this is true. */
  readonly when?: (options: Readonly<Record<string, unknown>>) => boolean;
}

const rules = new WeakMap<Command, OptionRule[]>();

/** At most one of these options may be given. */
export function excludes(
  command: Command,
  names: readonly string[],
  why: string,
  when?: OptionRule["when"],
): Command {
  const pairs = names.flatMap((a, i) => names.slice(i + 1).map((b) => [a, b] as const));
  const own = pairs.map((options): OptionRule => ({ kind: "excludes", options, why, ...(when && { when }) }));
  rules.set(command, [...rulesOf(command), ...own]);
  return command;
}

/** The option has an effect beside another one alone. */
export function needs(command: Command, name: string, other: string, why: string): Command {
  rules.set(command, [...rulesOf(command), { kind: "needs", options: [name, other], why }]);
  return command;
}

/** All that was said of a command's options. */
export function rulesOf(command: Command): readonly OptionRule[] {
  return rules.get(command) ?? [];
}

/** Whether the option was given on the command line. */
export function isGiven(command: Command, name: string): boolean {
  const option = command.options.find(({ long }) => long === name);
  if (option === undefined) throw new RangeError(`isGiven: ${command.name()} has no option ${name}`);
  return command.getOptionValueSource(option.attributeName()) === "cli";
}

/** Refuses combinations in which an option would be ignored. */
export function requireRules(command: Command): void {
  for (const { kind, options, why, when } of rulesOf(command)) {
    const [a, b] = options;
    if (!isGiven(command, a)) continue;
    if (kind === "needs" && !isGiven(command, b)) {
      throw new BenchError(`${a}: is given without ${b}, expected both: ${why}`);
    }
    if (kind === "excludes" && isGiven(command, b) && (when === undefined || when(command.opts()))) {
      throw new BenchError(`${b}: is given with ${a}, expected one of them: ${why}`);
    }
  }
}
