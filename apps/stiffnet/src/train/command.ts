import { choice, given, unset } from "@stiffnet/terminal";
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
  help: `Reads CSV and other text, JSON lines, NPY, NPZ, Parquet, HDF5, NetCDF-4 and Excel.
The exported model is the average of the trained networks, or a Gaussian
process if that is clearly better.

Examples:
  $ stiffnet train ensemble.csv --inputs 1-15 --outputs 16-25
  $ stiffnet train ensemble.csv --inputs 1-15 --outputs gpp,lai --trials 1 --penalty stiff=1e-3
  $ stiffnet train ensemble.csv --inputs 1-15 --outputs 16- --tune 30
  $ stiffnet train parameters.npy fluxes.nc --inputs 1-15 --outputs 16-
  $ stiffnet-serve results/train/model.onnx`,
  addOptions(command) {
    command.argument(
      "[files...]",
      "table with one row for each run of the simulation; the columns of several files are joined. Or built-in data: dalec:site, dalec:global or function:NAME",
    );
    addDataOptions(command, { validation: 0.125 });
    command
      .optionsGroup("Network and training:")
      .option(
        "--tune <budget>",
        "try this number of network settings, or as many as fit into a time such as 10min, and keep the best",
        tuneBudget,
      )
      .addOption(unset("--model <kind>", "model to export", "best", choice(surrogates)))
      .option("--refit", "export a model that is trained again on all rows")
      .option("--penalty <kind=weight>", penaltyHelp("penalty to add to the loss, with its weight"), penalty);
  },
  configured({ command, options }) {
    const { penalty, model: surrogate, refit } = options as OwnOptions;
    const files = command.args;
    if (files.length === 0) refuseWithoutData(command, "files");
    return {
      ...(files.length > 0 && { data: dataOf(files, options as OwnOptions, command) }),
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
    const { config, data } = asked;
    if (data) (await import("./intervals.ts")).requireFolds({ config, data });
    return budget && (await import("./tune/tune.ts")).tune(asked, budget);
  },
  conclude: async (results) => (await import("./report.ts")).concludeTrain(results),
  print: printTrain,
};
