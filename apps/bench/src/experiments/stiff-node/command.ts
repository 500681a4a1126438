import { Command } from "commander";
import { addFigureOptions, type FigureOptions, makeFigures } from "../../commands/figure-command.ts";
import { above, listOf, whole } from "../../options.ts";
import { scalingNames } from "./scalings.ts";
import type { StiffNodeConfig } from "./words.ts";

interface StiffNodeOptions extends FigureOptions, Omit<StiffNodeConfig, "format" | "command"> {}

export function stiffNodeCommand(done: (exitCode: number) => void): Command {
  const command = new Command("stiff-node")
    .description(
      "A neural ODE learns Robertson's stiff reaction from data, with and without the scalings of Kim et al. 2021.",
    )
    .option("--models <list>", `some of ${scalingNames.join(", ")}`, listOf(scalingNames), [
      "scaled",
      "unscaled",
    ])
    .option("--epochs <n>", "epochs of each", whole(1), 1500)
    .option("--times <n>", "times of the data, from 1e-5 to 1e5", whole(3, 1000), 21)
    .option("--width <n>", "width of the network's hidden layers", whole(1, 256), 5)
    .option("--layers <n>", "hidden layers, tanh", whole(1, 64), 6)
    .option("--rate <x>", "Adam's rate", above(0), 5e-3)
    .option("--seed <n>", "seed of everything random", whole(0, 2 ** 32 - 1), 1);
  addFigureOptions(command, "results/stiff-node");
  return command
    .addHelpText(
      "after",
      `
scaled: equation by each species' own time, loss and inputs by its range. paper: equation by the length of the data,
loss by the range, as in Kim et al. 2021. unscaled: none of these.

Examples:
  $ stiffnet stiff-node
  $ stiffnet stiff-node --models scaled,paper,unscaled --epochs 3000
  $ stiffnet stiff-node --models scaled --times 50 --seed 7 --json`,
    )
    .action(async (options: StiffNodeOptions) => {
      const { seed, models, epochs, times, width, layers, rate } = options;
      const config: StiffNodeConfig = {
        ...{ format: 1, command: "stiff-node", seed, models: [...new Set(models)], epochs },
        ...{ times, width, layers, rate },
      };
      const { stiffNodeParts } = await import("./report.ts");
      done(await makeFigures(options, config, stiffNodeParts));
    });
}
