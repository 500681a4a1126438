import { choice, given } from "@stiffnet/terminal";
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
  surrogates,
} from "@stiffnet/trials";
import { type TuneBudget, tuneBudget } from "./tune/option.ts";
import { printTrain } from "./words.ts";

interface OwnOptions extends StudyOptions, DataOptions {
  readonly penalty?: PenaltySpec;
  readonly tune?: TuneBudget;
  readonly model?: (typeof surrogates)[number];
  readonly refit?: boolean;
}

export const train: StudyKind = {
  name: "train",
  help: `Tables are text, JSON lines, NPY, NPZ, Parquet, HDF5, NetCDF-4 or Excel (.xlsx);
'stiffnet data' shows what is in one. The exported model is the mean of the
trials, or a Gaussian process where it is clearly better.

Examples:
  $ stiffnet train ensemble.csv --inputs 1-15 --outputs 16-25
  $ stiffnet train ensemble.csv --inputs 1-15 --outputs gpp,lai --trials 1 --penalty stiff=1e-3
  $ stiffnet train ensemble.csv --inputs 1-15 --outputs 16- --tune 30
  $ stiffnet train parameters.npy fluxes.nc --inputs 1-15 --outputs 16-
  $ stiffnet-serve results/train/model.onnx`,
  addOptions(command) {
    command.argument(
      "[files...]",
      "table with one run of the simulation a row; columns of several files stand side by side. Or dalec:site, dalec:global or function:NAME",
    );
    addDataOptions(command, { validation: 0.125 });
    command
      .optionsGroup("Network and training:")
      .option(
        "--tune <budget>",
        "try so many configurations of the network, or for a time as 10min, and take the best",
        tuneBudget,
      )
      .option("--model <kind>", "model to keep (default: best, by validation errors)", choice(surrogates))
      .option("--refit", "after the test, train again on all rows")
      .option("--penalty <kind=weight>", penaltyHelp("penalise the network"), penalty);
  },
  configured({ command, options }) {
    const { penalty, model: surrogate, refit } = options as OwnOptions;
    const files = command.args;
    if (files.length === 0) refuseWithoutData(command, "files");
    return {
      ...(files.length > 0 && { data: dataOf(files, options as OwnOptions) }),
      ...(penalty !== undefined && { models: modelsOf([penalty]) }),
      ...given({ surrogate, refit }),
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
