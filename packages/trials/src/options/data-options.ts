import {
  addMore,
  BenchError,
  choice,
  collect,
  excludes,
  fraction,
  isGiven,
  type OptionParser,
  parser,
  share,
} from "@stiffnet/terminal";
import type { Command } from "commander";
import { dataKinds, missingRules } from "../configuration/fields.ts";
import { type DataSpec, dataNamed, type Fold, type Prepare, type TableSpec } from "../data/kinds.ts";
import { addTableOptions, sourceOf, type TableOptions } from "./table-options.ts";
import { part } from "./where-options.ts";

/** Options of every command that trains on a table of the user's, or on what stands for one. */
export interface DataOptions
  extends TableOptions,
    Partial<Pick<TableSpec, "inputs" | "outputs" | (typeof splits)[number]>>,
    Pick<TableSpec, "test" | "validation" | "missing"> {
  readonly prepare: readonly Prepare[];
}

const prepare: OptionParser<Prepare> = parser(
  "log:COLUMNS, components, components:N or components:SHARE",
  "log:rain,k",
  (given) => {
    const [, kind, rest] = /^(\w*)(?::(.*))?$/.exec(given) ?? [];
    if (kind === "log" && rest) return { log: rest.split(",").map((name) => name.trim()) };
    if (kind !== "components") return undefined;
    const components = rest === undefined ? 0.9999 : Number(rest || Number.NaN);
    const possible = (components > 0 && components < 1) || (components >= 1 && Number.isInteger(components));
    return possible ? { components } : undefined;
  },
);

const fold: OptionParser<Fold> = parser(
  "a part i/n of the rows with i from 1 to n and n at least 2, as in 1/5",
  "1/5",
  (given) => {
    const found = part.read(given);
    return found !== undefined && found.of >= 2 ? found : undefined;
  },
);

/** At most one of these decides which rows are tested. */
const splits = ["testFile", "splitColumn", "group", "fold"] as const;

export function addDataOptions(command: Command, defaults: { validation: number }): Command {
  command
    .optionsGroup("Data:")
    .option(
      "--inputs <columns>",
      "input columns: numbers, names or ranges, as in 1-15 or lai,soil* (default with two files: the first file)",
    )
    .option("--outputs <columns>", "output columns, which hold the results")
    .option(
      "--test <share>",
      "test rows, which are never trained on: a share or a number; 0 for none",
      share,
      0.2,
    );
  addMore(command, "about the data")
    .option("--test-file <file>", "test on the rows of this table instead; its columns have the same names")
    .option("--split-column <column>", "column that holds 1 in the test rows and 0 in the other rows")
    .option(
      "--group <columns>",
      "columns that say which rows belong together, such as a site; rows of one group are never split between training, validation and test",
    )
    .option(
      "--fold <i/n>",
      "split the rows into n equal parts and test on part i; run 1/n to n/n for a cross-validation",
      fold,
    )
    .option(
      "--prepare <step>",
      "log:COLUMNS takes logarithms; components, components:0.99 or components:20 learns principal components of the outputs (that share of their variance, or that number); may be repeated",
      collect(prepare),
      [],
    )
    .option(
      "--validation <fraction>",
      "share of the training rows that each network keeps for validation, to choose its best epoch; 0 takes the last epoch",
      fraction(0.5),
      defaults.validation,
    )
    .option(
      "--missing <rule>",
      "empty cells: stop with an error, drop the row, or fill inputs with the mean of their column",
      choice(missingRules),
      "error",
    );
  const one = "each chooses the test rows";
  excludes(command, ["--test-file", "--split-column", "--group", "--fold"], one);
  for (const name of ["--test-file", "--split-column", "--fold"]) excludes(command, [name, "--test"], one);
  return addTableOptions(command).optionsGroup("Options:");
}

export const isDataOption = (name: string): boolean => Object.hasOwn(dataKinds.table.shape, name);

/** The options about data that the command line gives. */
function givenDataOptions(command: Command): string[] {
  return command.options
    .filter((option) => isDataOption(option.attributeName()) && isGiven(command, option.long!))
    .map((option) => option.long!);
}

/** Refuses what is said of data where none are named. */
export function refuseWithoutData(command: Command, namedBy: string): void {
  const [stray] = givenDataOptions(command);
  if (stray !== undefined) throw new BenchError(`${stray}: is given without ${namedBy}, expected both`);
}

function together(steps: readonly Prepare[]): Prepare {
  const log = steps.flatMap((step) => step.log ?? []);
  const twice = log.find((name, k) => log.indexOf(name) < k);
  if (twice !== undefined) throw new BenchError(`--prepare log: '${twice}' is given twice, expected once`);
  const [components, another] = steps.flatMap((step) => step.components ?? []);
  if (another !== undefined) {
    throw new BenchError(`--prepare components: is given twice (${components}, ${another}), expected once`);
  }
  return { ...(log.length > 0 && { log }), ...(components !== undefined && { components }) };
}

/** The data of the words on a command line: files, or a name such as dalec:site. */
export function dataOf(words: readonly string[], options: DataOptions, command: Command): DataSpec {
  const { inputs, outputs, test, validation, missing } = options;
  const [first = ""] = words;
  const named = dataNamed(first, validation);
  if (named !== undefined) {
    const stray = words[1] ?? givenDataOptions(command).find((name) => name !== "--validation");
    if (stray === undefined) return named;
    throw new BenchError(`${first}: has its own rows and columns, expected no ${stray}`);
  }
  const twoFiles = words.length === 2 && inputs === undefined && outputs === undefined;
  if (!twoFiles && (inputs === undefined || outputs === undefined)) {
    const missed = inputs === undefined ? "inputs" : "outputs";
    throw new BenchError(
      `--${missed}: is missing, expected columns of the table, as in --${missed} 1-3 or --${missed} a,b`,
    );
  }
  const given = splits.filter((name) => options[name] !== undefined);
  return {
    kind: "table",
    ...sourceOf(words, options),
    digest: "",
    inputs: inputs ?? "file:1",
    outputs: outputs ?? "file:2",
    test,
    validation,
    missing,
    ...Object.fromEntries(given.map((name) => [name, options[name]])),
    ...(options.prepare.length > 0 && { prepare: together(options.prepare) }),
  };
}
