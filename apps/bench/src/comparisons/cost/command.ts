import { addOut, addSeed, type CommandDefinition, list, whole } from "@stiffnet/terminal";
import { type ExperimentOptions, runExperiment } from "@stiffnet/trials";
import type { CostConfig } from "./cases.ts";

interface CostOptions extends ExperimentOptions, Readonly<CostConfig["values"]> {
  readonly seed: number;
}

export const costCommand: CommandDefinition<CostOptions> = {
  help: `Each case is a study of its own in a fresh process, of the plain model and of one with a stiffness penalty; what is not
varied stays at 1 trial, 20 epochs, 400 rows of 15 inputs, width 20, depth 8, batches of 20.

Examples:
  $ stiffnet-bench cost                                   some minutes
  $ stiffnet-bench cost --rows 1000,10000 --trials 1,8 --epochs 10,100 --width 20 --depth 8
  $ stiffnet-bench cost --json > cost.json`,
  declare(command) {
    command
      .option("--trials <list>", "numbers of trials", list(whole(1)), [1, 4, 16, 64])
      .option("--epochs <list>", "numbers of epochs", list(whole(1)), [10, 100, 1000, 10_000])
      .option("--rows <list>", "training rows, one epoch each", list(whole(1)), [1e3, 1e4, 1e5, 1e6])
      .option("--width <list>", "widths", list(whole(1)), [10, 20, 50, 100, 200, 512])
      .option("--depth <list>", "depths", list(whole(1)), [4, 8, 16, 32, 64]);
    addOut(addSeed(command), "results/cost");
  },
  async run(options) {
    const { seed, json, out, ...values } = options;
    const config: CostConfig = { format: 1, command: "cost", seed, values };
    return runExperiment(options, config, (await import("./experiment.ts")).costExperiment);
  },
};
