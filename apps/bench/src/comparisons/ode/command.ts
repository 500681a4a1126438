import type { CommandDefinition } from "@stiffnet/terminal";
import { experimentCommand } from "@stiffnet/trials";
import { odeOptions } from "./words.ts";

export const odeCommand: CommandDefinition = experimentCommand("ode", {
  help: `Every contestant solves the same problem with the same tolerances in the same run; times are compared at equal error of the
end state, read off work-precision curves, as ratios only. Who reaches the smallest of these errors is not asked at tighter
tolerances, nor is a peer that takes 20 times the shortest time. Compare no ratio with one of another run or machine. Times are
processor times, so that what else the machine does weighs little.
SciPy is looked for in $STIFFNET_PYTHON, else python3, else /usr/bin/python3; CVODE (IDA for what has
equations without a derivative) is compiled where a C++ compiler and libsundials-dev are, with KLU where that is. Both have
their right-hand sides in C. diffrax (compiled, float64; compiling is told apart) is looked
for as SciPy is. odex and ode45-cash-karp of npm take what is not stiff, where they are installed.

Examples:
  $ stiffnet-bench ode
  $ stiffnet-bench ode --problems ROBER,POLLU --rtol 1e-4,1e-6,1e-8
  $ stiffnet-bench ode --peers none --problems HIRES --solvers rodas5P,radau --json`,
  options: odeOptions,
  load: async () => (await import("./experiment.ts")).odeExperiment,
});
