import { addOut, addSeed, BenchError, type CommandDefinition, unset, whole } from "@stiffnet/terminal";
import {
  addTableOptions,
  type ExperimentOptions,
  readSource,
  runExperiment,
  sourceOf,
  type TableOptions,
} from "@stiffnet/trials";
import { modelName, readSurrogate } from "@stiffnet/trials/surrogate";
import { fromRanges, fromTable } from "./samples.ts";

interface StabilityOptions extends ExperimentOptions, TableOptions {
  readonly seed: number;
  readonly data?: string;
  readonly samples: number;
  readonly member: number;
}

export const stabilityCommand: CommandDefinition<StabilityOptions> = {
  help: `A residual network is Euler's method with one step for each layer, of size alpha = horizon / depth. An eigenvalue l of a
layer's Jacobian is stable if |1 + alpha l| <= 1. A network is stiff if a few large eigenvalues force small steps. The
eigenvalues are computed by QR iteration in float64.

Examples:
  $ stiffnet stability results/train
  $ stiffnet stability model.onnx --data ensemble.csv --samples 500
  $ stiffnet stability results/train --member 3 --json`,
  declare(command) {
    command
      .argument("<model>", "ONNX file, or a results folder with one")
      .addOption(
        unset(
          "--data <file>",
          "table with inputs to measure at, as 'predict' takes it; rows with empty cells are left out",
          "points spread over the ranges of the training data",
        ),
      )
      .option(
        "--samples <n>",
        "number of points; with --data, rows at equal distances in the table",
        whole(1),
        100,
      )
      .option("--member <n>", "which network of an ensemble to show layer by layer", whole(1), 1);
    addOut(addSeed(addTableOptions(command)), "results/stability");
  },
  async run(options, [source]) {
    const surrogate = await readSurrogate(source!);
    const { file, sha256, models } = surrogate;
    if (models === undefined) {
      throw new BenchError(
        `${file}: is a Gaussian process, which has no layers; expected a network, as 'train --model network' exports it`,
      );
    }
    const { member, seed, samples } = options;
    if (member > models.length) {
      throw new BenchError(
        `--member: is ${member}, expected at most ${models.length}, the number of networks in ${file}`,
      );
    }
    const inputs =
      options.data === undefined
        ? fromRanges(surrogate, samples, seed)
        : fromTable(await readSource(sourceOf([options.data], options)), surrogate);
    const { stabilityExperiment } = await import("./experiment.ts");
    return runExperiment(
      options,
      {
        format: 1,
        command: "stability",
        seed,
        model: { name: modelName(file), sha256, members: models.length },
        origin: inputs.origin,
        samples: Math.min(samples, inputs.count),
        member,
      },
      stabilityExperiment({ file, models, inputs }),
    );
  },
};
