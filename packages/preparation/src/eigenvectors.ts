import { symmetricEigen } from "./symmetric-eigen.ts";

/** Leading eigenvectors of X^T X by the Lanczos process with full reorthogonalisation (Golub and Van Loan,
 *  Matrix computations, 10.3). If eigenvalues decay fast, it needs about two products with X and X^T for
 *  every vector.
 *
 *  X is row-major [count, columns]. `enough` gets the leading eigenvalues that have converged, largest first.
 *  It returns the number of vectors to return, or undefined to go on. After min(count, columns) steps the
 *  result is exact, and undefined means all. Vectors are orthonormal to rounding. */
export function leadingEigenvectors(
  x: Float64Array,
  count: number,
  columns: number,
  enough: (eigenvalues: readonly number[]) => number | undefined,
): number[][] {
  const most = Math.min(count, columns);
  const basis: Float64Array[] = [];
  const diagonal: number[] = [];
  const beside: number[] = [];
  let next = orthogonal(startVector(columns, 0), basis).unit;
  for (let look = 8; ; ) {
    basis.push(next);
    const image = multiplyTransposed(x, count, columns, multiply(x, count, columns, next));
    diagonal.push(dot(next, image));
    const { unit, norm } = orthogonal(image, basis);
    const whole = basis.length === most;
    const spent = norm <= 1e-14 * Math.max(...diagonal);
    if (whole || spent || basis.length >= look) {
      look = Math.ceil(1.3 * basis.length);
      const { values, vectors } = symmetricEigen(tridiagonal(diagonal, beside));
      const residual = (i: number): number => Math.abs(norm * vectors[i]!.at(-1)!);
      const moving = whole ? -1 : values.findIndex((_, i) => !(residual(i) <= 1e-11 * values[0]!));
      const resting = moving < 0 ? values : values.slice(0, moving);
      const wanted = enough(resting.map((value) => Math.max(value, 0)));
      if (wanted !== undefined || whole) {
        return vectors
          .slice(0, wanted ?? vectors.length)
          .map((weights) => signed(combination(basis, weights)));
      }
    }
    // A spent sequence has found an invariant subspace: go on outside it.
    beside.push(spent ? 0 : norm);
    next = spent ? orthogonal(startVector(columns, basis.length), basis).unit : unit;
  }
}

function tridiagonal(diagonal: readonly number[], beside: readonly number[]): number[][] {
  const matrix = diagonal.map((value, i) => diagonal.map((_, j) => (i === j ? value : 0)));
  for (let i = 0; i + 1 < diagonal.length; i++) {
    matrix[i]![i + 1] = beside[i]!;
    matrix[i + 1]![i] = beside[i]!;
  }
  return matrix;
}

/** A fixed vector without structure: integer hashes of the position. */
function startVector(columns: number, k: number): Float64Array {
  return Float64Array.from({ length: columns }, (_, c) => {
    let hash = Math.imul(c + 1, 0x9e3779b1) ^ Math.imul(k + 1, 0x85ebca77);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
    return (hash ^ (hash >>> 15)) / 2 ** 31;
  });
}

/** The part of a vector outside the span of the basis: its norm, and its direction. Two passes are enough
 *  (Kahan). */
function orthogonal(
  vector: Float64Array,
  basis: readonly Float64Array[],
): { unit: Float64Array; norm: number } {
  const rest = vector.slice();
  for (let pass = 0; pass < 2; pass++) for (const other of basis) subtract(rest, dot(rest, other), other);
  const norm = Math.sqrt(dot(rest, rest));
  const unit = rest.map((t) => t / norm);
  // Once more, since a small rest was scaled up.
  for (const other of basis) subtract(unit, dot(unit, other), other);
  const length = Math.sqrt(dot(unit, unit));
  return { unit: unit.map((t) => t / length), norm };
}

function multiply(x: Float64Array, count: number, columns: number, v: Float64Array): Float64Array {
  const product = new Float64Array(count);
  for (let r = 0; r < count; r++) {
    let sum = 0;
    for (let c = 0; c < columns; c++) sum += x[r * columns + c]! * v[c]!;
    product[r] = sum;
  }
  return product;
}

function multiplyTransposed(x: Float64Array, count: number, columns: number, v: Float64Array): Float64Array {
  const product = new Float64Array(columns);
  for (let r = 0; r < count; r++) {
    const weight = v[r]!;
    for (let c = 0; c < columns; c++) product[c]! += weight * x[r * columns + c]!;
  }
  return product;
}

function combination(vectors: readonly Float64Array[], weights: readonly number[]): Float64Array {
  const sum = new Float64Array(vectors[0]!.length);
  vectors.forEach((v, k) => {
    subtract(sum, -weights[k]!, v);
  });
  return sum;
}

function subtract(from: Float64Array, weight: number, v: Float64Array): void {
  for (let i = 0; i < v.length; i++) from[i]! -= weight * v[i]!;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function signed(v: Float64Array): number[] {
  const largest = v.reduce((best, t) => (Math.abs(t) > Math.abs(best) ? t : best), 0);
  return Array.from(v, (t) => (largest < 0 ? -t : t));
}
