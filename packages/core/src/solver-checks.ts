import { anyNumber, type Checks, either, nonNegative, number, numbers, object } from "@stiffnet/base";
import type { SolveOptions } from "@stiffnet/integrators";

type Passed = "solver" | "rtol" | "atol" | "maxSteps";

/** Options that go on to a solver of `@stiffnet/integrators`, which says what each may be. */
export const solverChecks: Checks<Pick<SolveOptions, Passed>> = {
  solver: object,
  rtol: number("a number from 0 to 1", (x) => x >= 0 && x <= 1),
  atol: either(nonNegative, numbers),
  maxSteps: anyNumber,
};

export const stepChecks: Checks<Pick<SolveOptions, "firstStep" | "maxStep" | "newtonTolerance">> = {
  firstStep: number(),
  maxStep: anyNumber,
  newtonTolerance: number(),
};
