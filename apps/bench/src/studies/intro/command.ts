import type { CommandDefinition } from "@stiffnet/terminal";
import { experimentCommand } from "@stiffnet/trials";
import { introOptions } from "./words.ts";

export const introCommand: CommandDefinition = experimentCommand("intro", {
  help: `Steps are chosen by each method's own error estimate. The slides' figures, a step of 1e-4 at first and of 0.03 once
|x2| < 0.01, are set beside what every explicit method does.

Examples:
  $ stiffnet-bench intro
  $ stiffnet-bench intro --rate 1000 --rtol 1e-6
  $ stiffnet-bench intro --methods dopri5,radau --rates 1,10,100,1e3,1e4,1e5,1e6 --json`,
  options: introOptions,
  settings: ({ atol, rtol }) => ({ atol: atol ?? rtol / 10 }),
  load: async () => (await import("./experiment.ts")).introExperiment,
});
