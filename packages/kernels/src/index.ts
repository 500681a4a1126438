export {
  type ArnoldiLayer,
  type ArnoldiStep,
  arnoldiFlags,
  createArnoldi,
  largestArnoldiBatch,
  largestKrylov,
} from "./arnoldi.ts";
export { createKernels, type KernelFunctions, type Kernels } from "./kernels.ts";
export { type Arena, type Block, KernelMemoryError } from "./memory.ts";
export { activationCode, createNetwork, lanes, type Network, type NetworkShape } from "./network.ts";
