import type { CommandDefinition } from "../../command.ts";
import { above, between, list, listOf, whole } from "../../options.ts";
import { experimentCommand } from "../run-experiment.ts";
import { growthMethods } from "./methods.ts";
import { planeNames } from "./planes.ts";

export const odeGrowthCommand: CommandDefinition = experimentCommand("ode-growth", {
  description:
    "Time and memory of the differential equation solvers against the number of unknowns, beside CVODE with KLU.",
  help: `The heat equation and the Brusselator on a square, each run in a fresh process: processor time, and the most memory that the
process ever held. sparse: bdf with a sparse Jacobian (CVODE: KLU). krylov: bdf with GMRES and alternating directions as the
preconditioner (CVODE: the same). rkc: explicit, no matrix. auto: the default. Errors are those against a run of CVODE (bdf here where there is
none) with a far smaller tolerance; of the heat equation, against its closed solution. Who is accurate enough at a tolerance is not asked at
smaller ones.

Examples:
  $ stiffnet ode-growth                                     a quarter of an hour
  $ stiffnet ode-growth --unknowns 300,1000,3000 --rtol 1e-4
  $ stiffnet ode-growth --problems HEAT2D --methods rkc --unknowns 1000000 --peers none`,
  seedless: true,
  declare(command) {
    command
      .option("--problems <list>", `some of ${planeNames.join(", ")}`, listOf(planeNames), [...planeNames])
      .option("--methods <list>", `some of ${growthMethods.join(", ")}`, listOf(growthMethods), [
        ...["sparse", "krylov", "rkc"],
      ])
      .option("--unknowns <list>", "about so many", list(whole(9, 10_000_000)), [1e3, 1e4, 1e5])
      .option("--rtol <list>", "relative and absolute tolerances", list(between(0, 1)), [1e-5, 1e-6])
      .option("--error <x>", "error at which times are compared", between(0, 1), 1e-3)
      .option("--peers <list>", "auto (CVODE where it is there), none or cvode", listOf(growthPeers), [
        "auto",
      ])
      .option(
        "--seconds-per-turn <x>",
        "each process repeats its run as long as it began within",
        above(0),
        1,
      );
  },
  load: async () => (await import("./experiment.ts")).odeGrowthExperiment,
});

const growthPeers = ["auto", "none", "cvode"] as const;
