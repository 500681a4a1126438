import type { CommandDefinition } from "../../command.ts";
import { above, listOf, whole } from "../../options.ts";
import { experimentCommand } from "../run-experiment.ts";
import { crossingModels } from "./models.ts";

export const crossingCommand: CommandDefinition = experimentCommand("crossing", {
  description:
    "Paths of a neural ODE cannot cross: x -> -x is not learnt in one dimension, but with one more, or by large steps.",
  help: `Nothing stands before or after the field: y is x(T) of x(0). Two solutions of an equation in one dimension keep their
order; the best that does is y = 0, with an error of 1 / sqrt(3).

Examples:
  $ stiffnet crossing
  $ stiffnet crossing --models ResNet --layers 40    (small steps: an ODE again)
  $ stiffnet crossing --trials 20 --epochs 2000 --seed 7 --json`,
  declare(command) {
    command
      .option("--models <list>", `some of ${crossingModels.join(", ")}`, listOf(crossingModels), [
        ...crossingModels,
      ])
      .option("--trials <n>", "initialisations of each", whole(1, 1000), 5)
      .option("--epochs <n>", "epochs", whole(1), 600)
      .option("--horizon <x>", "T; tanh bounds the speed by 1 and paths are up to 2 long", above(0), 6)
      .option("--layers <n>", "layers of the ResNet: few, so that its steps are large", whole(1, 1024), 5)
      .option("--steps <n>", "steps of the neural ODEs (rk4)", whole(1, 1024), 30)
      .option("--samples <n>", "samples of [-1, 1]", whole(2, 10_000), 40)
      .option("--rate <x>", "Adam's initial rate", above(0), 0.02);
  },
  settings: ({ models }) => ({ models: [...new Set(models)] }),
  load: async () => (await import("./experiment.ts")).crossingExperiment,
});
