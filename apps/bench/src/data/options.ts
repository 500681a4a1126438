import type { Command } from "commander";
import { BenchError } from "../errors.ts";
import { choice, fraction, share } from "../options.ts";
import { type DataSpec, dataNamed, type MissingRule, missingRules } from "./kinds.ts";
import { addTableOptions, sourceOf, type TableOptions } from "./table-options.ts";

/** Options of every command that trains on a table of the user's, or on what stands for one. */
export interface DataOptions extends TableOptions {
  readonly inputs?: string;
  readonly outputs?: string;
  readonly test: number;
  readonly validation: number;
  readonly missing: MissingRule;
}

export function addDataOptions(command: Command, defaults: { validation: number }): Command {
  command
    .option("--inputs <columns>", "input columns: numbers, names or ranges, as in 1-15 or lai,soil*")
    .option("--outputs <columns>", "output columns")
    .option("--test <share>", "test rows, never trained on nor chosen by: a fraction or a count", share, 0.2)
    .option(
      "--validation <fraction>",
      "part of the other rows that each trial keeps back to choose its best epoch (another part each trial); 0 keeps the last epoch",
      fraction(0.5),
      defaults.validation,
    )
    .option(
      "--missing <rule>",
      "empty cells: refuse (error), drop the row, or fill inputs with their mean",
      choice(missingRules),
      "error",
    );
  return addTableOptions(command);
}

/** Refuses what is said of data where none are named. */
export function refuseWithoutData(command: Command, namedBy: string): void {
  const names = ["inputs", "outputs", "test", "validation", "missing", "header", "arrays"];
  const stray = names.find((name) => command.getOptionValueSource(name) === "cli");
  if (stray === undefined) return;
  throw new BenchError(`--${stray}: goes with ${namedBy}, expected both`);
}

/** The data of the words on a command line: files, or a name such as dalec:site. */
export function dataOf(words: readonly string[], options: DataOptions): DataSpec {
  const { inputs, outputs, test, validation, missing } = options;
  const [first = ""] = words;
  const named = dataNamed(first, validation);
  if (named !== undefined) {
    if (words.length === 1 && inputs === undefined && outputs === undefined) return named;
    throw new BenchError(`${first}: brings its own columns, expected no other file, --inputs or --outputs`);
  }
  if (inputs === undefined || outputs === undefined) {
    const missed = inputs === undefined ? "inputs" : "outputs";
    throw new BenchError(`required option '--${missed} <columns>' not specified`);
  }
  return {
    kind: "table",
    ...sourceOf(words, options),
    digest: "",
    inputs,
    outputs,
    test,
    validation,
    missing,
  };
}
