export { defineTraced, type TracedArguments, type TracedProblem } from "./define-traced.ts";
export type { TracedMath } from "./operations.ts";
export type { Expression, Traced } from "./traced.ts";
