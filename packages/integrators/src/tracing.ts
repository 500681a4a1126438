/* Problems whose derivatives are made from how f is written. */
export { defineTraced, type TracedArguments, type TracedProblem } from "./tracing/define-traced.ts";
export type { TracedMath } from "./tracing/operations.ts";
export type { Expression, Traced } from "./tracing/traced.ts";
