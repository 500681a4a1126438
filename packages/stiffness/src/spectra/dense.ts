import type { JacobianBatch } from "@stiffnet/core";
import { createKernels, denseStatuses, type Kernels } from "@stiffnet/kernels";

/** Eigenvalues of one matrix, by modulus, largest first; of a pair the one with positive imaginary part
 *  first. */
export interface Eigenvalues {
  readonly re: Float64Array;
  readonly im: Float64Array;
  /** "not_finite" and "not_converged" come with NaN everywhere. */
  readonly status: keyof typeof denseStatuses;
}

const statuses = Object.keys(denseStatuses) as (keyof typeof denseStatuses)[];
let shared: Kernels | undefined;

/** Eigenvalues of a real matrix, row-major [n, n], by the double-shift QR algorithm in float64: accurate to
 *  rounding times their condition. O(n^3). */
export function eigenvaluesOf(matrix: ArrayLike<number>): Eigenvalues {
  return solved(matrix, (solve, n) => {
    const status = statuses[solve.eigenvalues()]!;
    const order = byModulus(solve.re, solve.im, n);
    const sorted = (parts: Float64Array) => Float64Array.from({ length: n }, (_, k) => parts[order[k]!]!);
    return { re: sorted(solve.re), im: sorted(solve.im), status };
  });
}

/** Singular values of a real matrix, row-major [n, n], largest first, by one-sided Jacobi rotations in
 *  float64. NaN where the matrix is not finite. */
export function singularValuesOf(matrix: ArrayLike<number>): Float64Array {
  return solved(matrix, (solve) => {
    solve.singularValues();
    return solve.re.slice();
  });
}

/** What `use` makes of a solver that holds the matrix. */
function solved<T>(matrix: ArrayLike<number>, use: (solve: DenseSolver, n: number) => T): T {
  const n = sideOf(matrix);
  shared ??= createKernels();
  const mark = shared.arena.mark();
  const solve = denseSolver(shared, n);
  solve.matrix.set(matrix);
  const found = use(solve, n);
  shared.arena.release(mark);
  return found;
}

function sideOf(matrix: ArrayLike<number>): number {
  const n = Math.round(Math.sqrt(matrix.length));
  if (n * n !== matrix.length || n === 0) {
    throw new RangeError(`${matrix.length} numbers are not a square matrix`);
  }
  return n;
}

/** Room for one n x n matrix and what is computed of it; the calls return 0 where all went well. */
export interface DenseSolver {
  /** Overwritten by either call. */
  readonly matrix: Float64Array;
  /** Real parts, or singular values. */
  readonly re: Float64Array;
  /** Imaginary parts, and n numbers of scratch. */
  readonly im: Float64Array;
  eigenvalues(): number;
  singularValues(): number;
}

export function denseSolver({ call, arena }: Kernels, n: number): DenseSolver {
  const a = arena.float64(n * n);
  const re = arena.float64(n);
  const im = arena.float64(2 * n);
  return {
    get matrix() {
      return a.array;
    },
    get re() {
      return re.array;
    },
    get im() {
      return im.array;
    },
    eigenvalues: () => call.eigenvalues({ n, a, re, im }),
    singularValues: () => call.singularValues(n, a, re),
  };
}

/** Writes J_{n,i} = diag(slopes) W to `out`, row-major. */
export function jacobian(jacobians: JacobianBatch, layer: number, sample: number, out: Float64Array): void {
  const { width, stride, weights, slopes } = jacobians;
  for (let r = 0; r < width; r++) {
    const slope = slopes[(layer * width + r) * stride + sample]!;
    const row = (layer * width + r) * width;
    for (let c = 0; c < width; c++) out[r * width + c] = slope * weights[row + c]!;
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
