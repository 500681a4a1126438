export {
  type ArnoldiLayer,
  type ArnoldiStep,
  createArnoldi,
  largestKrylov,
} from "./arnoldi.ts";
export { createImplicit, type ImplicitPassage } from "./implicit.ts";
export { createKernels, type KernelFunctions, type Kernels } from "./kernels.ts";
export { type Arena, type Block, KernelMemoryError } from "./memory.ts";
export { activationCode, createNetwork, lanes, type Network, type NetworkShape } from "./network.ts";
export { createPerceptron, type Perceptron, type PerceptronShape, perceptronSizes } from "./perceptron.ts";
export { createRungeKutta, type ExplicitTableau, type Passage } from "./runge-kutta.ts";
