import { type JacobianBatch, ShapeError } from "@stiffnet/core";
import {
  createDense,
  createKernels,
  type Dense,
  type DenseFunction,
  type DenseStatus,
  denseLanes,
  type Kernels,
} from "@stiffnet/kernels";

/** Eigenvalues of one matrix, by modulus, largest first; of a pair the one with positive imaginary part
 *  first. */
export interface Eigenvalues {
  readonly re: Float64Array;
  readonly im: Float64Array;
  /** "not_finite" and "not_converged" come with NaN everywhere. */
  readonly status: DenseStatus;
}

let shared: Kernels | undefined;

/** Eigenvalues of a real matrix, row-major [n, n], by the double-shift QR algorithm in float64: accurate to
 *  rounding times their condition. O(n^3). @throws ShapeError unless the matrix is square. */
export function eigenvaluesOf(matrix: ArrayLike<number>): Eigenvalues {
  return solved(matrix, "eigenvalues", ({ re, im, n, statusOf }) => {
    const order = byModulus(re, im, n);
    const sorted = (parts: Float64Array) => Float64Array.from({ length: n }, (_, k) => parts[order[k]!]!);
    return { re: sorted(re), im: sorted(im), status: statusOf(0) };
  });
}

/** Singular values of a real matrix, row-major [n, n], largest first, by one-sided Jacobi rotations in
 *  float64. NaN where the matrix is not finite. @throws ShapeError unless the matrix is square. */
export function singularValuesOf(matrix: ArrayLike<number>): Float64Array {
  return solved(matrix, "singularValues", ({ re }) => re.slice());
}

/** Decomposes the matrix and passes the result to `use`. */
function solved<T>(matrix: ArrayLike<number>, what: DenseFunction, use: (dense: Dense) => T): T {
  const n = sideOf(matrix);
  shared ??= createKernels();
  const mark = shared.arena.mark();
  const dense = createDense(shared, n, 1);
  dense.matrices.set(matrix);
  dense.run(what, 1);
  const found = use(dense);
  shared.arena.release(mark);
  return found;
}

function sideOf(matrix: ArrayLike<number>): number {
  const n = Math.round(Math.sqrt(matrix.length));
  if (n * n !== matrix.length || n === 0) {
    throw new ShapeError(`${matrix.length} numbers are not a square matrix`);
  }
  return n;
}

/** Room for as many Jacobians as the kernels take apart side by side. */
export function denseOf(kernels: Kernels, width: number): Dense {
  return createDense(kernels, width, denseLanes * kernels.threads);
}

/** Places of a Jacobian's results. */
export interface DenseResult {
  readonly layer: number;
  readonly sample: number;
  /** Which of the matrices it is. */
  readonly k: number;
}

/** Takes every Jacobian of a batch apart, as many at a time as have room. */
export function eachJacobian(
  dense: Dense,
  what: DenseFunction,
  jacobians: JacobianBatch,
  use: (result: DenseResult) => void,
): void {
  const { depth, batch } = jacobians;
  for (let layer = 0; layer < depth; layer++) {
    for (let from = 0; from < batch; from += dense.capacity) {
      const count = Math.min(dense.capacity, batch - from);
      for (let k = 0; k < count; k++) jacobian(jacobians, layer, from + k, dense, k);
      dense.run(what, count);
      for (let k = 0; k < count; k++) use({ layer, sample: from + k, k });
    }
  }
}

/** Writes J_{n,i} = diag(slopes) W to matrix k. */
function jacobian(jacobians: JacobianBatch, layer: number, sample: number, dense: Dense, k: number): void {
  const { width, stride, weights, slopes } = jacobians;
  const out = dense.matrices;
  let at = k * width * width;
  for (let r = 0; r < width; r++) {
    const slope = slopes[(layer * width + r) * stride + sample]!;
    const row = (layer * width + r) * width;
    for (let c = 0; c < width; c++) out[at++] = slope * weights[row + c]!;
  }
}

/** Positions of the eigenvalues by modulus, largest first, of a pair the one with positive imaginary part
 *  first. */
export function byModulus(re: Float64Array, im: Float64Array, count: number): number[] {
  const square = (k: number) => re[k]! * re[k]! + im[k]! * im[k]!;
  return Array.from({ length: count }, (_, k) => k).sort((a, b) => {
    const difference = square(b) - square(a);
    return difference !== 0 ? difference : im[b]! - im[a]!;
  });
}
