export type { ArnoldiOptions } from "./arnoldi.ts";
export {
  type Eigenvalues,
  eigenvaluesOf,
  jacobian,
  singularRatio,
  singularValuesOf,
} from "./dense.ts";
export { type SpectralRadius, spectralRadiusOf } from "./eigenpair.ts";
export { differentiateProxy, evaluateProxy, jacobianBatch, singleJacobian } from "./evaluate.ts";
export { frobenius } from "./frobenius.ts";
export { type Measurement, measure } from "./measure.ts";
export { type StiffnessPenaltyOptions, stiffnessPenalty } from "./penalty.ts";
export type { PowerOptions } from "./power.ts";
export type {
  BoundDifferentiableProxy,
  BoundProxy,
  DifferentiableProxy,
  ProxySpace,
  StiffnessProxy,
} from "./proxy.ts";
export { spectralRadius } from "./radius.ts";
export { type EigenRatioOptions, eigenRatio } from "./ratio.ts";
export { renderStability } from "./render.ts";
export { type LanczosOptions, largestSingularValue } from "./singular.ts";
export { type Spectra, spectra } from "./spectra.ts";
export { squared } from "./squared.ts";
export { type LayerStability, type Stability, stability, stabilityOf } from "./stability.ts";
