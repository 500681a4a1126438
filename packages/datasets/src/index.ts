export { type Axis, type AxisOptions, axis, type Distribution } from "./axis.ts";
export { type DalecOptions, dalec, dalecDataset, runDalec } from "./dalec/dalec.ts";
export { type Ensemble, type EnsembleName, ensembles } from "./dalec/ensembles.ts";
export type { Budget } from "./dalec/simulate.ts";
export { DatasetError } from "./errors.ts";
export { alpine01, alpine02 } from "./functions/alpine.ts";
export { branin } from "./functions/branin.ts";
export { borehole, wingWeight } from "./functions/engineering.ts";
export { franke } from "./functions/franke.ts";
export { ackley, rosenbrock } from "./functions/optimisation.ts";
export {
  type TestFunctionEntry,
  testFunction,
  testFunctions,
} from "./functions/registry.ts";
export { friedman, ishigami, sobolG, welch } from "./functions/sensitivity.ts";
export type { Output, TestFunction } from "./functions/types.ts";
export { toAxes } from "./quantile.ts";
export { type SampleOptions, sample } from "./sample.ts";
export { latinHypercube } from "./samplers/latin-hypercube.ts";
export { sobol } from "./samplers/sobol.ts";
export type { Sampler } from "./samplers/types.ts";
export { uniform } from "./samplers/uniform.ts";
