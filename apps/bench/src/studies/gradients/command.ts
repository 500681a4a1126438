import type { CommandDefinition } from "@stiffnet/terminal";
import { experimentCommand } from "@stiffnet/trials";
import { gradientsOptions } from "./words.ts";

export const gradientsCommand: CommandDefinition = experimentCommand("gradients", {
  help: `The loss is (x_L - y)^2 after L layers x + dt W x with one W. Discretise-then-optimise differentiates the layers;
optimise-then-discretise takes Euler steps of the adjoint equation. Both are compared with their closed forms.

Examples:
  $ stiffnet-bench gradients
  $ stiffnet-bench gradients --weight -3 --horizon 2 --depths 10,100,1000
  $ stiffnet-bench gradients --width 10 --seed 7 --json`,
  options: gradientsOptions,
  load: async () => (await import("./experiment.ts")).gradientsExperiment,
});
