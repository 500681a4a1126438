import { checkOptions, needed, oneOf, whole } from "@stiffnet/base";
import {
  type DenseFields,
  denseLanes,
  denseLayout,
  denseStatuses,
  type KernelFunctions,
} from "./generated/abi.ts";
import { type Kernels, unchecked } from "./kernels.ts";
import { createStruct, type Struct } from "./struct.ts";

export type DenseStatus = keyof typeof denseStatuses;
const statuses = Object.keys(denseStatuses) as DenseStatus[];

/** Room for up to `capacity` n x n matrices in float64, and what they are taken apart into. */
export interface Dense {
  readonly n: number;
  readonly capacity: number;
  /** [capacity][n][n], row-major; left as it is. */
  readonly matrices: Float64Array;
  /** [capacity][n]: real parts in no order; singular values, largest first; or one number a matrix. NaN
   *  where a matrix' status is not "converged". */
  readonly re: Float64Array;
  /** [capacity][n]: imaginary parts, of eigenvalues alone. */
  readonly im: Float64Array;
  statusOf(matrix: number): DenseStatus;
  /** On the first `count` matrices: bits do not depend on the others. */
  run(what: DenseFunction, count: number): void;
}

/** The names of the kernels that take them apart. */
export type DenseFunction = {
  [Name in keyof KernelFunctions]: KernelFunctions[Name] extends (d: Struct<DenseFields>) => void
    ? Name
    : never;
}[keyof KernelFunctions];

const functions: Record<DenseFunction, 0> = {
  eigenvalues: 0,
  singularValues: 0,
  largestSingularValues: 0,
  logarithmicNorms: 0,
};
const functionCheck = needed(oneOf(...(Object.keys(functions) as DenseFunction[])));

/** Room for `capacity` real matrices [n, n], and for what `run` finds of them.
 *  @throws StiffnetError (`bad_option`) unless both numbers are whole and at least 1. */
export function createDense(kernels: Kernels, n: number, capacity: number): Dense {
  checkOptions("createDense", { n, capacity }, { n: needed(whole(1)), capacity: needed(whole(1)) });
  const { arena, call, threads } = unchecked(kernels);
  const matrices = arena.float64(capacity * n * n);
  const re = arena.float64(capacity * n);
  const im = arena.float64(capacity * n);
  const found = arena.int32(capacity);
  const scratch = arena.float64(threads * n * (n + 5) * denseLanes);
  const struct = createStruct(arena, denseLayout, {
    n,
    count: 0,
    matrices,
    re,
    im,
    statuses: found,
    scratch,
  });
  const runChecks = { what: functionCheck, count: needed(whole(0, capacity)) };
  return {
    n,
    capacity,
    get matrices() {
      return matrices.array;
    },
    get re() {
      return re.array;
    },
    get im() {
      return im.array;
    },
    statusOf: (matrix) => statuses[found.array[matrix]!]!,
    run(what, count) {
      checkOptions("dense", { what, count }, runChecks);
      struct.set({ count });
      call[what](struct);
    },
  };
}
