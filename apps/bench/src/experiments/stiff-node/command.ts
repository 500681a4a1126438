import type { CommandDefinition } from "../../command.ts";
import { above, listOf, whole } from "../../options.ts";
import { experimentCommand } from "../run-experiment.ts";
import { scalingNames } from "./scalings.ts";

export const stiffNodeCommand: CommandDefinition = experimentCommand("stiff-node", {
  description:
    "A neural ODE learns Robertson's stiff reaction from data, with and without the scalings of Kim et al. 2021.",
  help: `scaled: equation by each species' own time, loss and inputs by its range. paper: equation by the length of the data,
loss by the range, as in Kim et al. 2021. unscaled: none of these.

Examples:
  $ stiffnet stiff-node
  $ stiffnet stiff-node --models scaled,paper,unscaled --epochs 3000
  $ stiffnet stiff-node --models scaled --times 50 --seed 7 --json`,
  declare(command) {
    command
      .option("--models <list>", `some of ${scalingNames.join(", ")}`, listOf(scalingNames), [
        "scaled",
        "unscaled",
      ])
      .option("--epochs <n>", "epochs of each", whole(1), 1500)
      .option("--times <n>", "times of the data, from 1e-5 to 1e5", whole(3, 1000), 21)
      .option("--width <n>", "width of the network's hidden layers", whole(1, 256), 5)
      .option("--layers <n>", "hidden layers, tanh", whole(1, 64), 6)
      .option("--rate <x>", "Adam's rate", above(0), 5e-3);
  },
  settings: ({ models }) => ({ models: [...new Set(models)] }),
  load: async () => (await import("./experiment.ts")).stiffNodeExperiment,
});
