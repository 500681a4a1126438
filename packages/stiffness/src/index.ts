export type { ArnoldiOptions } from "./arnoldi.ts";
export {
  denseLargestSingularValue as largestSingularValue,
  type Eigenvalues,
  eigenvaluesOf,
  jacobian,
  singularRatio,
  singularValuesOf,
} from "./dense.ts";
export { differentiateProxy, evaluateProxy, jacobianBatch, singleJacobian } from "./evaluate.ts";
export { frobenius } from "./frobenius.ts";
export { type Measurement, measure } from "./measure.ts";
export { type StiffnessPenaltyOptions, stiffnessPenalty } from "./penalty.ts";
export type {
  BoundDifferentiableProxy,
  BoundProxy,
  DifferentiableProxy,
  ProxySpace,
  StiffnessProxy,
} from "./proxy.ts";
export { spectralRadius } from "./radius.ts";
