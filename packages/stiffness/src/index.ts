export type { LanczosOptions } from "./iteration/lanczos.ts";
export { type Measurement, measure } from "./measure.ts";
export { type StiffnessPenaltyOptions, stiffnessPenalty } from "./penalty.ts";
export type { ArnoldiOptions } from "./proxies/arnoldi.ts";
export { type DenseRatioOptions, eigenRatio } from "./proxies/eigen-ratio.ts";
export { frobenius } from "./proxies/frobenius.ts";
export { largestSingularValue } from "./proxies/largest-singular-value.ts";
export { logarithmicNorm } from "./proxies/logarithmic-norm.ts";
export { logarithm, squared } from "./proxies/mapped.ts";
export type { PowerOptions } from "./proxies/power.ts";
export { singularRatio } from "./proxies/singular-ratio.ts";
export { smallestSingularValue } from "./proxies/smallest-singular-value.ts";
export { spectralRadius } from "./proxies/spectral-radius.ts";
export {
  type PenalisedName,
  type PenalisedRow,
  type ProxyName,
  type ProxyRow,
  penalisedProxies,
  proxies,
} from "./proxies/table.ts";
export type {
  BoundDifferentiableProxy,
  BoundProxy,
  DifferentiableProxy,
  ProxySpace,
  StiffnessProxy,
} from "./proxy.ts";
export {
  type Eigenvalues,
  eigenvaluesOf,
  singularValuesOf,
} from "./spectra/dense.ts";
export { type SpectralRadii, spectralRadiiOf } from "./spectra/eigenpair.ts";
export { renderStability, stabilitySentences } from "./spectra/render-stability.ts";
export { type Spectra, spectra } from "./spectra/spectra.ts";
export { type LayerStability, type Stability, stability } from "./spectra/stability.ts";
