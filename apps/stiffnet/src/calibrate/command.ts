import {
  addMore,
  addOut,
  addSeed,
  BenchError,
  type CommandDefinition,
  collect,
  text,
  whole,
} from "@stiffnet/terminal";
import {
  addTableOptions,
  type ExperimentOptions,
  readSource,
  runExperiment,
  sourceOf,
  type TableOptions,
} from "@stiffnet/trials";
import { readSurrogate } from "@stiffnet/trials/surrogate";
import type { NamedInput } from "../named-inputs.ts";
import { observationsIn } from "./observations.ts";
import { priorOption, priorsFor, priorsIn } from "./priors.ts";
import type { CalibrateConfig } from "./words.ts";

interface CalibrateOptions extends ExperimentOptions, TableOptions {
  readonly prior: readonly NamedInput[];
  readonly priors?: string;
  readonly draws: number;
  readonly warmup: number;
  readonly chains: number;
  readonly seed: number;
}

export const calibrateCommand: CommandDefinition<CalibrateOptions> = {
  help: `The observations are a table with the columns output, value and error; the error is a standard deviation. The command
adds the error of the model to it. An input without a prior is uniform over its range in the training data. Every prior is
cut to that range. The posterior samples are written to samples.csv. After Ctrl-C, the same command continues.
Exit code 1: the chains do not agree.

Examples:
  $ stiffnet calibrate results/train observations.csv
  $ stiffnet calibrate model.onnx observations.csv --prior k=normal:0.3:0.05 --prior pressure=1
  $ stiffnet calibrate results/train observations.csv --priors priors.json --json`,
  declare(command) {
    command
      .argument("<model>", "ONNX file that stiffnet exported, or a results folder with one")
      .argument(
        "<observations>",
        "table with the columns output, value and error; or one row with the columns NAME and 'NAME error'",
      )
      .option(
        "--prior <name=prior>",
        "prior of an input: uniform:LOW:HIGH, loguniform:LOW:HIGH, normal:MEAN:DEVIATION, lognormal:MEAN:DEVIATION of the logarithm, or a fixed value; may be repeated",
        collect(priorOption),
        [],
      )
      .option(
        "--priors <file>",
        "file with the priors: a JSON object, or a table with the columns input and prior",
        text,
      )
      .option("--draws <n>", "posterior samples to keep from each chain", whole(100, 1e6), 1000);
    addOut(addSeed(command), "results/calibrate");
    addMore(command, "about the sampler and the tables")
      .option(
        "--warmup <n>",
        "first iterations of each chain, which adapt the sampler and are not kept",
        whole(100, 1e6),
        1000,
      )
      .option("--chains <n>", "Markov chains to run, each from another start", whole(2, 64), 4);
    addTableOptions(command);
  },
  async run(options, [source, file]) {
    const surrogate = await readSurrogate(source!);
    const { intervals } = surrogate;
    if (intervals === undefined) {
      throw new BenchError(
        `${surrogate.file}: has no calibrated intervals, expected a model that was trained with validation rows`,
      );
    }
    const observations = observationsIn(await readSource(sourceOf([file!], options)), surrogate);
    const fromFile = options.priors === undefined ? [] : await priorsIn(options.priors);
    const { warmup, draws, chains, seed } = options;
    const config: CalibrateConfig = {
      format: 1,
      command: "calibrate",
      model: surrogate.sha256,
      seed,
      warmup,
      draws,
      chains,
      observations,
      priors: priorsFor(surrogate, [...fromFile, ...options.prior]),
    };
    const { calibrateExperiment } = await import("./experiment.ts");
    return runExperiment(options, config, calibrateExperiment({ ...surrogate, intervals }));
  },
};
