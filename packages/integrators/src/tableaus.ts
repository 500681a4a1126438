/* Coefficients of one-step methods, and what they say of stability. */
export type { ButcherTableau, EmbeddedWeights } from "./tableau/butcher.ts";
export type { RosenbrockTableau } from "./tableau/rosenbrock.ts";
export { realStabilityLimit, stabilityFunction } from "./tableau/stability.ts";
