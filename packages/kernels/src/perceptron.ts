import { type Checks, checkOptions, needed, oneOf, whole } from "@stiffnet/base";
import { activations, perceptronLayout } from "./generated/abi.ts";
import { type Kernels, unchecked } from "./kernels.ts";
import type { ActivationName } from "./network.ts";
import { createStruct } from "./struct.ts";

/** A multilayer perceptron as a vector field in float64, du/dt = outputScale * MLP(u / inputScale). */
export interface PerceptronShape {
  /** n */
  readonly variables: number;
  /** Width of the hidden layers. */
  readonly width: number;
  /** Hidden layers. */
  readonly layers: number;
  readonly activation: ActivationName;
}

/** Sizes [out, in] layer by layer. The parameters are, layer by layer, a weight [out, in], row-major, and
 *  a bias [out]. */
export function perceptronSizes({ variables, width, layers }: PerceptronShape): [number, number][] {
  const sizes = [variables, ...new Array<number>(layers).fill(width), variables];
  return sizes.slice(1).map((out, l) => [out, sizes[l]!]);
}

/** The callbacks that solvers ask for; arrays are copied in and out. */
export interface Perceptron {
  value(u: Float64Array, out: Float64Array, parameters: Float64Array): void;
  /** Column-major [n, n]. */
  jacobian(u: Float64Array, out: Float64Array, parameters: Float64Array): void;
  /** Adds v^T d(out)/du to gradU and v^T d(out)/d(parameters) to gradP. */
  pullback(
    u: Float64Array,
    v: Float64Array,
    gradU: Float64Array,
    gradP: Float64Array,
    parameters: Float64Array,
  ): void;
}

const shapeChecks: Checks<PerceptronShape> = {
  variables: needed(whole(1)),
  width: needed(whole(1)),
  layers: needed(whole(1)),
  activation: needed(oneOf(...(Object.keys(activations) as ActivationName[]))),
};

export function createPerceptron(
  kernels: Kernels,
  shape: PerceptronShape,
  inputScale: ArrayLike<number>,
  outputScale: ArrayLike<number>,
): Perceptron {
  checkOptions("createPerceptron", shape, shapeChecks);
  const { arena, call } = unchecked(kernels);
  const { variables: n, width, layers } = shape;
  const size = perceptronSizes(shape).reduce((sum, [rows, columns]) => sum + rows * (columns + 1), 0);
  const largest = Math.max(width, n);
  const blocks = {
    parameters: arena.float64(size),
    inputScale: arena.float64(n),
    outputScale: arena.float64(n),
    u: arena.float64(n),
    v: arena.float64(n),
    out: arena.float64(n * n),
    gradientU: arena.float64(n),
    gradient: arena.float64(size),
    into: arena.float64((layers + 1) * largest),
    slope: arena.float64(layers * width),
    work: arena.float64(2 * largest * n),
  };
  const struct = createStruct(arena, perceptronLayout, {
    variables: n,
    width,
    layers,
    activation: activations[shape.activation],
    ...blocks,
  });
  blocks.inputScale.array.set(inputScale);
  blocks.outputScale.array.set(outputScale);
  // Nothing else is allocated: the memory stays where it is.
  const [p, u, v] = [blocks.parameters.array, blocks.u.array, blocks.v.array];
  const [out, gradU, gradP] = [blocks.out.array, blocks.gradientU.array, blocks.gradient.array];
  const value = out.subarray(0, n);
  return {
    value(state, to, parameters) {
      p.set(parameters);
      u.set(state);
      call.perceptronValue(struct);
      to.set(value);
    },
    jacobian(state, to, parameters) {
      p.set(parameters);
      u.set(state);
      call.perceptronJacobian(struct);
      to.set(out);
    },
    pullback(state, cotangent, toU, toP, parameters) {
      p.set(parameters);
      u.set(state);
      v.set(cotangent);
      gradU.set(toU);
      gradP.set(toP);
      call.perceptronPullback(struct);
      toU.set(gradU);
      toP.set(gradP);
    },
  };
}
