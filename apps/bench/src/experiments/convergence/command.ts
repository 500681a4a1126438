import { stepSolvers } from "@stiffnet/core";
import { Command, Option } from "commander";
import { addFigureOptions, type FigureOptions, makeFigures } from "../../commands/figure-command.ts";
import { above, listOf, numbers, whole } from "../../options.ts";
import { type ConvergenceConfig, smoothWeights } from "./words.ts";

interface ConvergenceOptions extends FigureOptions, Omit<ConvergenceConfig, "format" | "command"> {}

export function convergenceCommand(done: (exitCode: number) => void): Command {
  const command = new Command("convergence")
    .description(
      "A ResNet becomes its neural ODE as N grows: a trained one with more and more steps, by every solver.",
    )
    .option("--solvers <list>", `some of ${stepSolvers.join(", ")}`, listOf(stepSolvers), [...stepSolvers])
    .option("--factors <list>", "how many steps become of each", numbers(whole(1, 4096)), [
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
    .option("--probes <n>", "samples at which outputs are compared", whole(2, 10_000), 50)
    .option("--seed <n>", "seed of everything random", whole(0, 2 ** 32 - 1), 1);
  addFigureOptions(command, "results/convergence");
  return command
    .addHelpText(
      "after",
      `
The trained field is kept and its steps are divided. The truth is the field's equation, solved in float64 to 1e-12.

Examples:
  $ stiffnet convergence
  $ stiffnet convergence --solvers euler,rk4 --factors 1,2,4,8,16,32,64,128,256
  $ stiffnet convergence --weights constant --depth 4 --horizon 5 --seed 7 --json`,
    )
    .action(async (options: ConvergenceOptions) => {
      const { solvers, weights, depth, width, horizon, dimension, epochs, probes, seed } = options;
      const factors = [...new Set(options.factors)].sort((a, b) => a - b);
      const config: ConvergenceConfig = {
        ...{ format: 1, command: "convergence", seed, solvers, factors, weights, depth, width },
        ...{ horizon, dimension, epochs, probes },
      };
      const { convergenceParts } = await import("./report.ts");
      done(await makeFigures(options, config, convergenceParts));
    });
}
