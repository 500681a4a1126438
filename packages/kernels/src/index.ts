export { type Arnoldi, type ArnoldiStep, createArnoldi } from "./arnoldi.ts";
export { createDecimals, type Decimals } from "./decimals.ts";
export { createDense, type Dense, type DenseFunction, type DenseStatus } from "./dense.ts";
export {
  activations as activationCodes,
  denseLanes,
  type KernelFunctions,
  lanes,
  largestKrylov,
  largestLanczos,
  powerFlags,
} from "./generated/abi.ts";
export { createImplicit, type ImplicitLayerSolver } from "./implicit.ts";
export { createKernels, type Kernels, type KernelsOptions, nativeEngines } from "./kernels.ts";
export { type Arena, type Block, KernelMemoryError } from "./memory.ts";
export { type ActivationName, createNetwork, type Network, type NetworkShape, padded } from "./network.ts";
export { createPerceptron, type PerceptronShape, perceptronSizes } from "./perceptron.ts";
export { createRungeKutta, type ExplicitTableau, type LayerSolver } from "./runge-kutta.ts";
