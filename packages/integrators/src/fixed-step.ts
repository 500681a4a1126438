/* Solvers whose coefficients other programs take equal steps by: to be loaded without all the rest. */
export { backwardEuler } from "./solvers/backward-euler.ts";
export { euler } from "./solvers/euler.ts";
export { heun } from "./solvers/heun.ts";
export { implicitMidpoint } from "./solvers/implicit-midpoint.ts";
export { midpoint } from "./solvers/midpoint.ts";
export { rk4 } from "./solvers/rk4.ts";
