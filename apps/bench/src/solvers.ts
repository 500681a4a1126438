import { auto, bdf, oneStepSolvers, rkc, type Solver } from "@stiffnet/integrators";

/** The solver of this name, with its usual settings. */
export function solverOf(name: string): Solver {
  return name === "auto" ? auto() : [...oneStepSolvers, bdf, rkc].find((solver) => solver.name === name)!;
}
