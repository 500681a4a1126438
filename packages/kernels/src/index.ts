export { createDecimals, type Decimals } from "./decimals.ts";
export { createDense, type Dense, type DenseFunction, type DenseStatus } from "./dense.ts";
export { activations as activationCodes, denseLanes } from "./generated/abi.ts";
export { createKernels, type Kernels, type KernelsOptions, kernelEngines } from "./kernels.ts";
export { type Arena, type Block, KernelMemoryError } from "./memory.ts";
export { type ActivationName, padded } from "./network.ts";
export { createPerceptron, type PerceptronShape, perceptronSizes } from "./perceptron.ts";
