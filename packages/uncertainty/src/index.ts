export type { ChainState } from "./calibrate/chain.ts";
export type { Observation, Prior } from "./calibrate/density.ts";
export { type Diagnostics, diagnose } from "./calibrate/diagnostics.ts";
export { gaussianSurrogate } from "./calibrate/gaussian-surrogate.ts";
export {
  type CalibratedInputs,
  type CalibrationProblem,
  calibrateInputs,
  type Predicted,
  type SampleOptions,
  sampleDensity,
} from "./calibrate/posterior.ts";
export { type Differentiable, ensembleSurrogate, type SpreadSurrogate } from "./calibrate/surrogate.ts";
export type { LogDensity } from "./calibrate/trajectory.ts";
export { UncertaintyError } from "./errors.ts";
export {
  type GaussianModel,
  gaussianModel,
  gaussianModelMeans,
  leftOutOfModel,
  predictGaussianModel,
} from "./gaussian/gaussian-model.ts";
export {
  type GaussianProcess,
  type GaussianProcessOptions,
  gaussianProcess,
  leftOut,
  predictGaussian,
} from "./gaussian/gaussian-process.ts";
export {
  boxOf,
  type Calibration,
  type CalibrationOptions,
  calibrate,
  calibrationErrors,
  type IntervalOptions,
  type Intervals,
  intervalLevels,
  intervalsAt,
  intervalsOf,
  levelsOf,
  outsideBox,
  readCalibration,
  usualLevel,
} from "./intervals.ts";
export { selectionFactor } from "./selection.ts";
export {
  type Evaluate,
  type Index,
  type SobolAnalysis,
  type SobolIndicesOptions,
  type SobolOutput,
  sobolIndices,
} from "./sobol-indices.ts";
export { spreadOf } from "./spread.ts";
export { type LinearConstraint, pointsWithin } from "./suggest/linear-region.ts";
export { type NextRun, type NextRunsOptions, nextRuns } from "./suggest/next-runs.ts";
