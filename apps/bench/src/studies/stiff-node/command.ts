import type { CommandDefinition } from "@stiffnet/terminal";
import { experimentCommand } from "@stiffnet/trials";
import { stiffNodeOptions } from "./words.ts";

export const stiffNodeCommand: CommandDefinition = experimentCommand("stiff-node", {
  help: `scaled: equation by each species' own time, loss and inputs by its range. paper: equation by the length of the data,
loss by the range, as in Kim et al. 2021. unscaled: none of these.

Examples:
  $ stiffnet-bench stiff-node
  $ stiffnet-bench stiff-node --models scaled,paper,unscaled --epochs 3000
  $ stiffnet-bench stiff-node --models scaled --times 50 --seed 7 --json`,
  options: stiffNodeOptions,
  settings: ({ models }) => ({ models: [...new Set(models)] }),
  load: async () => (await import("./experiment.ts")).stiffNodeExperiment,
});
