import { Command } from "commander";
import { type StudyData, withDigest } from "../data/kinds.ts";
import { addDataOptions, type DataOptions, dataOf } from "../data/options.ts";
import { BenchError } from "../errors.ts";
import { onEngines, type PenaltySpec, type StudyConfig } from "../runner/config.ts";
import { type StudySteps, studyCommand } from "./study-command.ts";
import {
  addStudyOptions,
  measuresOf,
  modelsOf,
  networkOf,
  penalty,
  penaltyHelp,
  type StudyOptions,
  trainingOf,
} from "./study-options.ts";
import { printTrain, type TrainSummary } from "./train-words.ts";

interface TrainCommandOptions extends StudyOptions, DataOptions {
  readonly penalty?: PenaltySpec;
}

export const trainSteps: StudySteps<TrainSummary> = {
  conclude: async (results) => (await import("./train-report.ts")).concludeTrain(results),
  print: printTrain,
};

export function trainCommand(done: (exitCode: number) => void): Command {
  const command = new Command("train")
    .description("Train a surrogate on your own table, to a report and an ONNX file.")
    .argument(
      "<files...>",
      "table with one run of the simulation a row; of several files, the columns stand side by side. Or dalec:site, dalec:global, ensembles of the DALEC land model, or a test function as function:ishigami",
    )
    .option("--penalty <kind=weight>", penaltyHelp("penalise the network"), penalty);
  addDataOptions(command, { validation: 0.2 });
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
      const { config, data } = await trainConfig(files, options);
      done(await studyCommand(config, options, trainSteps, data));
    });
}

async function trainConfig(
  files: readonly string[],
  options: TrainCommandOptions,
): Promise<{ config: StudyConfig; data?: StudyData }> {
  const { validation, engine } = options;
  if (engine.length > 1) {
    throw new BenchError(`--engine: '${engine.join(",")}' are several, expected one, wasm or tfjs`, {
      code: "wrong_use",
    });
  }
  const { spec, ...read } = await withDigest(dataOf(files, options), options.seed);
  const config: StudyConfig = {
    format: 1,
    command: "train",
    seed: options.seed,
    trials: options.trials,
    data: spec,
    network: networkOf(options),
    training: trainingOf(options),
    keep: validation > 0 ? "best" : "final",
    models: onEngines(modelsOf([options.penalty]), engine),
    measures: measuresOf(options, 20),
  };
  return { config, ...read };
}
