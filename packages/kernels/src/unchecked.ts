/** The C functions of an instance, and the means to call them on your own arrays. They trust all sizes, and
 *  read and write beyond the ends of arrays that are too short. */
export { type Arnoldi, type ArnoldiStep, createArnoldi } from "./arnoldi.ts";
export { type KernelFunctions, largestKrylov, largestLanczos, powerFlags } from "./generated/abi.ts";
export { createImplicit, type ImplicitLayerSolver } from "./implicit.ts";
export { type UncheckedKernels, unchecked } from "./kernels.ts";
export { createNetwork, type Network, type NetworkShape } from "./network.ts";
export { createRungeKutta, type ExplicitTableau, type LayerSolver } from "./runge-kutta.ts";
