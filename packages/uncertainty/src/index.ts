export { UncertaintyError } from "./errors.ts";
export {
  type GaussianProcess,
  type GaussianProcessOptions,
  gaussianProcess,
} from "./gaussian/gaussian-process.ts";
export {
  boxOf,
  type Calibration,
  type CalibrationOptions,
  calibrate,
  halfWidths,
  halfWidthsAt,
  intervalLevels,
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
