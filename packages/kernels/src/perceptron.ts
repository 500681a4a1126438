import type { Kernels } from "./kernels.ts";
import { activationCode } from "./network.ts";

/** What the kernels call an activation of a perceptron: those of networks, and gelu in its tanh form. */
const codes: Readonly<Record<keyof typeof activationCode | "gelu", number>> = { ...activationCode, gelu: 5 };

/** A multilayer perceptron as a vector field in float64, du/dt = outputScale * MLP(u / inputScale). */
export interface PerceptronShape {
  /** n */
  readonly variables: number;
  /** Of the hidden layers. */
  readonly width: number;
  /** Hidden layers. */
  readonly layers: number;
  readonly activation: keyof typeof codes;
}

/** Sizes [out, in] layer by layer. The parameters are, layer by layer, a weight [out, in], row-major, and a bias [out]. */
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

export function createPerceptron(
  { arena, call }: Kernels,
  shape: PerceptronShape,
  inputScale: ArrayLike<number>,
  outputScale: ArrayLike<number>,
): Perceptron {
  const { variables: n, width, layers } = shape;
  const size = perceptronSizes(shape).reduce((sum, [rows, columns]) => sum + rows * (columns + 1), 0);
  const largest = Math.max(width, n);
  const blocks = [
    size,
    n,
    n,
    n,
    n,
    n * n,
    n,
    size,
    (layers + 1) * largest,
    layers * width,
    2 * largest * n,
  ].map((length) => arena.float64(length));
  // The order of the fields is that of the struct in c/perceptron.c.
  const descriptor = arena.int32(4 + blocks.length);
  descriptor.array.set([n, width, layers, codes[shape.activation], ...blocks.map(({ address }) => address)]);
  blocks[1]!.array.set(inputScale);
  blocks[2]!.array.set(outputScale);
  // Nothing else is allocated: the memory stays where it is.
  const [p, , , u, v, out, gradU, gradP] = blocks.map(({ array }) => array) as Float64Array[];
  const value = out!.subarray(0, n);
  return {
    value(state, to, parameters) {
      p!.set(parameters);
      u!.set(state);
      call.perceptron_value(descriptor.address);
      to.set(value);
    },
    jacobian(state, to, parameters) {
      p!.set(parameters);
      u!.set(state);
      call.perceptron_jacobian(descriptor.address);
      to.set(out!);
    },
    pullback(state, cotangent, toU, toP, parameters) {
      p!.set(parameters);
      u!.set(state);
      v!.set(cotangent);
      gradU!.set(toU);
      gradP!.set(toP);
      call.perceptron_pullback(descriptor.address);
      toU.set(gradU!);
      toP.set(gradP!);
    },
  };
}
