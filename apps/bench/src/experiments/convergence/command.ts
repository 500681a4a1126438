import { stepSolvers } from "@stiffnet/core";
import { Option } from "commander";
import type { CommandDefinition } from "../../command.ts";
import { above, list, listOf, whole } from "../../options.ts";
import { experimentCommand } from "../run-experiment.ts";
import { smoothWeights } from "./words.ts";

export const convergenceCommand: CommandDefinition = experimentCommand("convergence", {
  description:
    "A ResNet becomes its neural ODE as N grows: a trained one with more and more steps, by every solver.",
  help: `The trained field is kept and its steps are divided. The truth is the field's equation, solved in float64 to 1e-12.

Examples:
  $ stiffnet convergence
  $ stiffnet convergence --solvers euler,rk4 --factors 1,2,4,8,16,32,64,128,256
  $ stiffnet convergence --weights constant --depth 4 --horizon 5 --seed 7 --json`,
  declare(command) {
    command
      .option("--solvers <list>", `some of ${stepSolvers.join(", ")}`, listOf(stepSolvers), [...stepSolvers])
      .option("--factors <list>", "how many steps become of each", list(whole(1, 4096)), [
        ...[1, 2, 4, 8, 16, 32, 64],
      ])
      .addOption(
        new Option("--weights <basis>", "how the weights depend on time")
          .choices(smoothWeights)
          .default("cubic"),
      )
      .option("--depth <n>", "layers that are trained, Euler steps", whole(1, 1024), 8)
      .option("--width <n>", "width", whole(1, 512), 10)
      .option("--horizon <x>", "T: a layer is a step of T / N", above(0), 1)
      .option("--dimension <n>", "inputs of the Alpine 02 function", whole(1, 10), 2)
      .option("--epochs <n>", "epochs of training on 900 samples", whole(0), 40)
      .option("--probes <n>", "samples at which outputs are compared", whole(2, 10_000), 50);
  },
  settings: ({ factors }) => ({ factors: [...new Set(factors)].sort((a, b) => a - b) }),
  load: async () => (await import("./experiment.ts")).convergenceExperiment,
});
