import { activations } from "@stiffnet/core";
import { dalecDataset } from "@stiffnet/datasets";
import {
  above,
  addOut,
  addSeed,
  BenchError,
  type CommandDefinition,
  list,
  listOf,
  whole,
} from "@stiffnet/terminal";
import {
  type ExperimentOptions,
  loadData,
  type NetworkSpec,
  runExperiment,
  type StudyData,
  type TrainingSpec,
} from "@stiffnet/trials";
import { Option } from "commander";
import { pointsOf, spectralMethods } from "./methods.ts";
import type { SpectralConfig } from "./words.ts";

interface SpectralOptions
  extends ExperimentOptions,
    Pick<SpectralConfig, "seed" | "methods" | "weights" | "probes">,
    Pick<NetworkSpec, "width" | "depth" | "activation" | "lift">,
    Pick<TrainingSpec, "epochs" | "rate"> {
  readonly inputs?: string;
  readonly outputs?: string;
  readonly samples: number;
  readonly points: number;
  readonly batch: number;
}

/** The slides' rate of learning falls so. */
const plateau = { factor: 0.95, patience: 10, cooldown: 100, threshold: 1e-4 };

export const spectralCommand: CommandDefinition<SpectralOptions> = {
  help: `The methods work side by side on the same Jacobians at every step of a real training, with their own start vectors;
the first one trains. Exact values are eigenvalues by QR iteration in float64, exact gradients come from the right and
left eigenvectors. All runs in one process.

Examples:
  $ stiffnet-bench spectral
  $ stiffnet-bench spectral ensemble.csv --inputs 1-15 --outputs 16-25 --weights 0,1e-3,1 --epochs 400
  $ stiffnet-bench spectral --samples 200 --epochs 20 --width 20 --depth 8 --methods arnoldi,gelfand --json`,
  declare(command) {
    command
      .argument("[file]", "table to train on (default: the DALEC carbon model at one site)")
      .option("--inputs <columns>", "input columns of the table, as for train")
      .option("--outputs <columns>", "output columns of the table")
      .option("--samples <n>", "training samples of DALEC", whole(2), 1996)
      .option(
        "--methods <list>",
        `the first trains, all are compared: some of ${spectralMethods.join(", ")}`,
        listOf(spectralMethods),
        [...spectralMethods],
      )
      .option("--weights <list>", "penalty weights, one training each", list(above(0, true)), [0, 1e-3, 1])
      .option("--epochs <n>", "passes over the training set", whole(1), 100)
      .option("--points <n>", "points of training that are looked at", whole(1), 6)
      .option("--probes <n>", "batches that are looked at in each", whole(1), 5)
      .option("--width <n>", "dimension of the state", whole(1), 50)
      .option("--depth <n>", "number of residual blocks", whole(1), 16)
      .addOption(
        new Option("--activation <name>", "activation of the blocks")
          .choices(activations)
          .default("softplus"),
      )
      .addOption(
        new Option("--lift <name>", "activation of the first layer")
          .choices(["tanh", "identity"])
          .default("identity"),
      )
      .option("--batch <n>", "samples a step", whole(1), 20)
      .option("--rate <x>", "initial rate of Adam", above(0), 1e-3);
    addOut(addSeed(command), "results/spectral");
  },
  async run(options, [file]) {
    // Wrong data is said before anything is written.
    const source = await dataOf(file, options);
    const { spectralExperiment } = await import("./experiment.ts");
    return runExperiment(options, configOf(source, options), spectralExperiment(source.data));
  },
};

interface Source {
  readonly data: StudyData;
  readonly spec: SpectralConfig["data"];
}

async function dataOf(
  file: string | undefined,
  { inputs, outputs, samples, seed }: SpectralOptions,
): Promise<Source> {
  if (file === undefined) {
    if (inputs !== undefined || outputs !== undefined) {
      throw new BenchError("--inputs and --outputs choose columns of a table, and no file is given");
    }
    const data = dalecDataset({ train: samples, test: Math.max(20, Math.round(samples / 4)), seed });
    return { data, spec: { name: data.name, digest: data.digest } };
  }
  if (inputs === undefined || outputs === undefined) {
    throw new BenchError(`${file}: --inputs and --outputs are needed to train on a table`);
  }
  const choice = {
    ...({ kind: "table", missing: "error" } as const),
    ...{ file, digest: "", inputs, outputs, test: 0.2, validation: 0 },
  };
  const data = await loadData(choice, seed);
  return { data, spec: { name: data.name, digest: data.digest, inputs, outputs } };
}

function configOf({ spec }: Source, options: SpectralOptions): SpectralConfig {
  const { methods, weights, epochs, points, probes, width, depth, activation, lift, batch, rate, seed } =
    options;
  return {
    ...{ format: 1, command: "spectral", seed, data: spec, methods, weights },
    network: { width, depth, activation, lift, horizon: 1 },
    training: { epochs, batchSize: batch, rate, plateau },
    points: pointsOf(epochs, points),
    probes,
  };
}
