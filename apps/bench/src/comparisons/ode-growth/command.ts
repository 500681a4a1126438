import type { CommandDefinition } from "@stiffnet/terminal";
import { experimentCommand } from "@stiffnet/trials";
import { growthOptions } from "./words.ts";

export const odeGrowthCommand: CommandDefinition = experimentCommand("ode-growth", {
  help: `The heat equation and the Brusselator on a square, each run in a fresh process: processor time, and the most memory that the
process ever held. sparse: bdf with a sparse Jacobian (CVODE: KLU). krylov: bdf with GMRES and alternating directions as the
preconditioner (CVODE: the same). rkc: explicit, no matrix. auto: the default. Errors are those against a run of CVODE (bdf here where there is
none) with a far smaller tolerance; of the heat equation, against its closed solution. Who is accurate enough at a tolerance is not asked at
smaller ones.

Examples:
  $ stiffnet-bench ode-growth                                     a quarter of an hour
  $ stiffnet-bench ode-growth --unknowns 300,1000,3000 --rtol 1e-4
  $ stiffnet-bench ode-growth --problems HEAT2D --methods rkc --unknowns 1000000 --peers none`,
  options: growthOptions,
  load: async () => (await import("./experiment.ts")).odeGrowthExperiment,
});
