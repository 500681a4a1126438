import {
  addDataOptions,
  type DataOptions,
  dataOf,
  modelsOf,
  type PenaltySpec,
  penalty,
  penaltyHelp,
  refuseWithoutData,
  type StudyKind,
  type StudyOptions,
} from "@stiffnet/trials";
import { type TuneBudget, tuneBudget } from "./tune/option.ts";
import { printTrain } from "./words.ts";

interface OwnOptions extends StudyOptions, DataOptions {
  readonly penalty?: PenaltySpec;
  readonly tune?: TuneBudget;
}

export const train: StudyKind = {
  name: "train",
  description: "Train a surrogate on your own table, to a report and an ONNX file.",
  help: `Tables are text, JSON lines, NPY, NPZ, Parquet, HDF5, NetCDF-4 or Excel (.xlsx); 'stiffnet data' shows what is in one.
The exported model is the mean of the trials' networks where there are several.

Examples:
  $ stiffnet train ensemble.csv --inputs 1-15 --outputs 16-25
  $ stiffnet train ensemble.csv --inputs 1-15 --outputs gpp,lai --trials 1 --penalty stiff=1e-3
  $ stiffnet train ensemble.csv --inputs 1-15 --outputs 16- --width 50 --depth 16 --epochs 1000 --out results/deep
  $ stiffnet train ensemble.csv --inputs 1-15 --outputs 16- --tune 30
  $ stiffnet train ensemble.csv --inputs 1-15 --outputs 16- --tune 20min --activation tanh --out results/tuned
  $ stiffnet train --config results/tuned/config.json --seed 2 --out results/again
  $ stiffnet train parameters.npy fluxes.nc --inputs 1-15 --outputs 16-
  $ stiffnet train dalec:site --width 50 --depth 16 --activation tanh --lift tanh --epochs 100 --trials 1
  $ stiffnet-serve results/train/model.onnx`,
  addOptions(command) {
    command
      .argument(
        "[files...]",
        "table with one run of the simulation a row; of several files, the columns stand side by side. Or dalec:site, dalec:global, ensembles of the DALEC land model, or a test function as function:ishigami",
      )
      .option(
        "--tune <budget>",
        `first choose rate, width, depth, activation, lift (identity: outputs have a linear way from the inputs) and penalty, where they are not given, by successive halving on validation rows: so many configurations, or as many as fit in a time, as in 10min. A number of them gives the same bits everywhere; a time decides the number alone`,
        tuneBudget,
      )
      .option("--penalty <kind=weight>", penaltyHelp("penalise the network"), penalty);
    addDataOptions(command, { validation: 0.125 });
  },
  configured({ command, options }) {
    const { penalty } = options as OwnOptions;
    const files = command.args;
    if (files.length === 0) refuseWithoutData(command, "files");
    return {
      ...(files.length > 0 && { data: dataOf(files, options as OwnOptions) }),
      ...(penalty !== undefined && { models: modelsOf([penalty]) }),
    };
  },
  complaint: ({ models }) =>
    models.length === 1
      ? undefined
      : `models: are ${models.map(({ name }) => name).join(", ")}, expected one; 'stiffnet-bench study' compares several`,
  async choose(asked) {
    const { tune: budget } = asked.options as OwnOptions;
    return budget && (await import("./tune/tune.ts")).tune(asked, budget);
  },
  conclude: async (results) => (await import("./report.ts")).concludeTrain(results),
  print: printTrain,
};
