import type { CommandDefinition } from "../../command.ts";
import { above, finite, list, whole } from "../../options.ts";
import { experimentCommand } from "../run-experiment.ts";

export const gradientsCommand: CommandDefinition = experimentCommand("gradients", {
  description:
    "The gradient of a ResNet and of its neural ODE on identical linear layers: both formulas, both sensitivities, their gap.",
  help: `The loss is (x_L - y)^2 after L layers x + dt W x with one W. Discretise-then-optimise differentiates the layers;
optimise-then-discretise takes Euler steps of the adjoint equation. Both are compared with their closed forms.

Examples:
  $ stiffnet gradients
  $ stiffnet gradients --weight -3 --horizon 2 --depths 10,100,1000
  $ stiffnet gradients --width 10 --seed 7 --json`,
  declare(command) {
    command
      .option("--depths <list>", "numbers of layers", list(whole(1, 1_000_000)), [
        ...[4, 8, 16, 32, 64, 128, 256, 512, 1024],
      ])
      .option("--horizon <x>", "T: a layer is an Euler step of T / depth", above(0), 1)
      .option("--weight <x>", "W of the case with one unknown", finite, -0.8)
      .option("--input <x>", "x of the case with one unknown", finite, 1.5)
      .option("--target <x>", "y of the case with one unknown", finite, 2)
      .option("--width <n>", "unknowns of the case with a matrix, drawn by --seed", whole(2, 30), 4);
  },
  load: async () => (await import("./experiment.ts")).gradientsExperiment,
});
