import { dalec } from "../dalec/dalec.ts";
import { alpine01, alpine02 } from "./alpine.ts";
import { borehole, otlCircuit, piston, robotArm, wingWeight } from "./engineering.ts";
import { franke } from "./franke.ts";
import { ackley, rosenbrock } from "./optimisation.ts";
import { friedman, ishigami, sobolG, welch } from "./sensitivity.ts";
import type { TestFunction } from "./types.ts";

/** Every test function by its name, for command lines and loops. Those that exist in any dimension take it, default 2
 *  (Friedman 5); the others ignore it. */
export const testFunctions: Readonly<Record<string, (dimension?: number) => TestFunction>> = {
  alpine01: (dimension = 2) => alpine01(dimension),
  alpine02: (dimension = 2) => alpine02(dimension),
  ackley: (dimension = 2) => ackley(dimension),
  rosenbrock: (dimension = 2) => rosenbrock(dimension),
  ishigami: () => ishigami(),
  "sobol-g": () => sobolG(),
  friedman: (dimension = 5) => friedman(dimension),
  welch: () => welch(),
  franke: () => franke(),
  borehole: () => borehole(),
  "otl-circuit": () => otlCircuit(),
  piston: () => piston(),
  "wing-weight": () => wingWeight(),
  "robot-arm": () => robotArm(),
  "dalec-site": () => dalec({ ensemble: "site" }),
  "dalec-global": () => dalec({ ensemble: "global" }),
};
