import type { CommandDefinition } from "../../command.ts";
import { above, between, list, listOf } from "../../options.ts";
import { experimentCommand } from "../run-experiment.ts";
import { introMethods } from "./two-rates.ts";

const usual = [
  ...["euler", "bogackiShampine32", "dormandPrince54", "tsitouras54"],
  ...["backwardEuler", "trapezoidal", "esdirk43", "rodas5P", "radauIIA5", "auto"],
];

export const introCommand: CommandDefinition = experimentCommand("intro", {
  description:
    "What stiffness is: x' = diag(-1, -100) x, where an explicit method's step stays small long after the fast part died.",
  help: `Steps are chosen by each method's own error estimate. The slides' figures, a step of 1e-4 at first and of 0.03 once
|x2| < 0.01, are set beside what every explicit method does.

Examples:
  $ stiffnet intro
  $ stiffnet intro --rate 1000 --rtol 1e-6
  $ stiffnet intro --methods dormandPrince54,radauIIA5 --rates 1,10,100,1e3,1e4,1e5,1e6 --json`,
  seedless: true,
  declare(command) {
    command
      .option("--rate <x>", "decay rate of the fast component; the slow one has 1", above(1), 100)
      .option("--horizon <x>", "end of the time span", above(0), 10)
      .option("--rtol <x>", "relative tolerance", between(0, 1), 1e-3)
      .option("--atol <x>", "absolute tolerance (default: a tenth of --rtol)", above(0))
      .option("--methods <list>", `some of ${introMethods.join(", ")}`, listOf(introMethods), usual)
      .option("--rates <list>", "rates for the work against the stiffness ratio", list(above(1, true)), [
        ...[1, 10, 100, 1e3, 1e4, 1e5],
      ])
      .option("--rtols <list>", "relative tolerances for the work against tolerance", list(between(0, 1)), [
        ...[1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8],
      ]);
  },
  settings: ({ atol, rtol }) => ({ atol: atol ?? rtol / 10 }),
  load: async () => (await import("./experiment.ts")).introExperiment,
});
