import type { CommandDefinition } from "@stiffnet/terminal";
import { experimentCommand } from "@stiffnet/trials";
import { crossingOptions } from "./words.ts";

export const crossingCommand: CommandDefinition = experimentCommand("crossing", {
  help: `Nothing stands before or after the field: y is x(T) of x(0). Two solutions of an equation in one dimension keep their
order; the best that does is y = 0, with an error of 1 / sqrt(3).

Examples:
  $ stiffnet-bench crossing
  $ stiffnet-bench crossing --models ResNet --layers 40    (small steps: an ODE again)
  $ stiffnet-bench crossing --trials 20 --epochs 2000 --seed 7 --json`,
  options: crossingOptions,
  settings: ({ models }) => ({ models: [...new Set(models)] }),
  load: async () => (await import("./experiment.ts")).crossingExperiment,
});
