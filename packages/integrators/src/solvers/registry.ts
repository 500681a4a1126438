import { backwardEuler } from "./backward-euler.ts";
import { bogackiShampine32 } from "./bogacki-shampine32.ts";
import { dop853 } from "./dop853.ts";
import { dopri5 } from "./dopri5.ts";
import { esdirk43 } from "./esdirk43.ts";
import { euler } from "./euler.ts";
import { gauss4 } from "./gauss4.ts";
import { heun } from "./heun.ts";
import { implicitMidpoint } from "./implicit-midpoint.ts";
import { kvaerno54 } from "./kvaerno54.ts";
import { midpoint } from "./midpoint.ts";
import { radau } from "./radau.ts";
import { rk4 } from "./rk4.ts";
import { rodas3 } from "./rodas3.ts";
import { rodas5P } from "./rodas5p.ts";
import { ros4 } from "./ros4.ts";
import type { OneStepSolver } from "./solver.ts";
import { trapezoidal } from "./trapezoidal.ts";
import { tsit5 } from "./tsit5.ts";

/** Every one-step solver: for menus, command lines and tests that walk the family. */
export const oneStepSolvers: readonly OneStepSolver[] = Object.freeze([
  euler,
  midpoint,
  heun,
  rk4,
  bogackiShampine32,
  dopri5,
  tsit5,
  dop853,
  backwardEuler,
  implicitMidpoint,
  trapezoidal,
  gauss4,
  esdirk43,
  kvaerno54,
  rodas3,
  ros4,
  rodas5P,
  radau,
]);
