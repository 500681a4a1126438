import type { StepSolver } from "@stiffnet/core";
import {
  backwardEuler,
  euler,
  heun,
  implicitMidpoint,
  midpoint,
  rk4,
} from "@stiffnet/integrators/fixed-step";

/** The solver that takes a network's steps, by its name in the configuration. */
export const methods = { euler, midpoint, heun, rk4, backwardEuler, implicitMidpoint } satisfies Record<
  StepSolver,
  unknown
>;
