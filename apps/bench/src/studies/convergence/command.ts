import type { CommandDefinition } from "@stiffnet/terminal";
import { experimentCommand } from "@stiffnet/trials";
import { convergenceOptions } from "./words.ts";

export const convergenceCommand: CommandDefinition = experimentCommand("convergence", {
  help: `The trained field is kept and its steps are divided. The truth is the field's equation, solved in float64 to 1e-12.

Examples:
  $ stiffnet-bench convergence
  $ stiffnet-bench convergence --solvers euler,rk4 --factors 1,2,4,8,16,32,64,128,256
  $ stiffnet-bench convergence --weights constant --depth 4 --horizon 5 --seed 7 --json`,
  options: convergenceOptions,
  settings: ({ factors }) => ({ factors: [...new Set(factors)].sort((a, b) => a - b) }),
  load: async () => (await import("./experiment.ts")).convergenceExperiment,
});
