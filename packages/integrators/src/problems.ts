/* Test problems with reference solutions. */
export { brusselator } from "./problems/brusselator.ts";
export { brusselator2d } from "./problems/brusselator-2d.ts";
export { e5 } from "./problems/e5.ts";
export { hires } from "./problems/hires.ts";
export { orego } from "./problems/orego.ts";
export { pendulum } from "./problems/pendulum.ts";
export { pollu } from "./problems/pollu.ts";
export type { TestProblem } from "./problems/problem.ts";
export { rober } from "./problems/rober.ts";
export { vdpol } from "./problems/vdpol.ts";
