import { Command, InvalidArgumentError, Option } from "commander";
import { BenchError } from "../errors.ts";
import { share } from "../options.ts";
import type { DataSpec, ModelSpec, StudyConfig } from "../runner/config.ts";
import { loadData } from "../runner/data.ts";
import { studyCommand } from "./study_command.ts";
import {
  addStudyOptions,
  measuresOf,
  modelOf,
  networkOf,
  parsePenalty,
  type StudyOptions,
  trainingOf,
} from "./study_options.ts";
import { addTableOptions, sourceOf, type TableOptions } from "./table_options.ts";
import { printTrain } from "./train_words.ts";

interface TrainCommandOptions extends StudyOptions, TableOptions {
  readonly inputs?: string;
  readonly outputs?: string;
  readonly test: number;
  readonly validation: number;
  readonly missing: "error" | "drop" | "mean";
  readonly penalty?: NonNullable<ModelSpec["penalty"]>;
}

export function trainCommand(done: (exitCode: number) => void): Command {
  const command = new Command("train")
    .description("Train a surrogate on your own table, to a report and an ONNX file.")
    .argument(
      "<files...>",
      "table with one run of the simulation a row; of several files, the columns stand side by side. Or dalec:site, dalec:global: ensembles of the DALEC land model",
    )
    .option("--inputs <columns>", "input columns: numbers, names or ranges, as in 1-15 or lai,soil*")
    .option("--outputs <columns>", "output columns")
    .option(
      "--penalty <kind=weight>",
      "penalise the network: l2=1e-5, stiff=1e-3, or gelfand=1e-3 (as stiff, by the slides' formula)",
      parsePenalty,
    )
    .option(
      "--test <share>",
      "test rows, never trained on nor chosen by: a fraction or a count",
      share(0),
      0.2,
    )
    .option(
      "--validation <fraction>",
      "part of the other rows that each trial keeps back to choose its best epoch (another part each trial); 0 keeps the last epoch",
      validationShare,
      0.2,
    )
    .addOption(
      new Option("--missing <rule>", "empty cells: refuse, drop the row, or fill inputs with their mean")
        .choices(["error", "drop", "mean"])
        .default("error"),
    );
  addTableOptions(command);
  addStudyOptions(command, {
    out: "results/train",
    trials: 5,
    epochs: 500,
    width: 20,
    depth: 8,
    activation: "softplus",
    lift: "identity",
    batch: 20,
  });
  return command
    .addHelpText(
      "after",
      `
Tables are text, JSON lines, NPY, NPZ, Parquet, HDF5 or NetCDF-4; 'stiffnet data' shows what is in one.
The exported model is the mean of the trials' networks where there are several.

Examples:
  $ stiffnet train ensemble.csv --inputs 1-15 --outputs 16-25
  $ stiffnet train ensemble.csv --inputs 1-15 --outputs gpp,lai --trials 1 --penalty stiff=1e-3
  $ stiffnet train ensemble.csv --inputs 1-15 --outputs 16- --width 50 --depth 16 --epochs 1000 --out results/deep
  $ stiffnet train parameters.npy fluxes.nc --inputs 1-15 --outputs 16-
  $ stiffnet train dalec:site --width 50 --depth 16 --activation tanh --lift tanh --epochs 100 --trials 1
  $ stiffnet-serve results/train/model.onnx

Ctrl-C saves; the same command goes on from there.`,
    )
    .action(async (files: string[], options: TrainCommandOptions) => {
      const config = await trainConfig(files, options);
      done(
        await studyCommand(config, options, {
          conclude: async (results) => (await import("./train_report.ts")).concludeTrain(results),
          print: printTrain,
        }),
      );
    });
}

function validationShare(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= 0.5)) {
    throw new InvalidArgumentError(`'${text}' is not a fraction from 0 to 0.5.`);
  }
  return value;
}

async function trainConfig(files: readonly string[], options: TrainCommandOptions): Promise<StudyConfig> {
  const { validation } = options;
  const data = await dataOf(files, options);
  return {
    format: 1,
    command: "train",
    seed: options.seed,
    trials: options.trials,
    data,
    network: networkOf(options),
    training: trainingOf(options),
    keep: validation > 0 ? "best" : "final",
    models: [modelOf(options.penalty)],
    measures: measuresOf(options, 20),
  };
}

const dalecPrefix = "dalec:";

async function dataOf(files: readonly string[], options: TrainCommandOptions): Promise<DataSpec> {
  const { inputs, outputs, test, validation, missing } = options;
  const [first] = files;
  if (first?.startsWith(dalecPrefix)) {
    const ensemble = first.slice(dalecPrefix.length);
    if (files.length > 1 || inputs !== undefined || outputs !== undefined) {
      throw new BenchError(
        `${first}: brings its own columns, expected no other file, --inputs or --outputs`,
        {
          code: "wrong_use",
        },
      );
    }
    if (ensemble !== "site" && ensemble !== "global") {
      throw new BenchError(`${first}: no such ensemble, expected dalec:site or dalec:global`, {
        code: "wrong_use",
      });
    }
    return { kind: "dalec", ensemble, train: 1996, test: 500, validation };
  }
  for (const [name, given] of Object.entries({ inputs, outputs })) {
    if (given === undefined) {
      throw new BenchError(`required option '--${name} <columns>' not specified`, { code: "wrong_use" });
    }
  }
  const source = sourceOf(files, options);
  const spec = {
    kind: "table",
    ...source,
    digest: "",
    inputs: inputs!,
    outputs: outputs!,
    test,
    validation,
    missing,
  } as const;
  return { ...spec, digest: (await loadData(spec, options.seed)).digest };
}
