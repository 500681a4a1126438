export { PreparationError } from "./errors.ts";
export { identity, prepare, restore } from "./prepare.ts";
export { standardise } from "./standardise.ts";
export type { AffineStep, Preparation, PreparationStep } from "./types.ts";
