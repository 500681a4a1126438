import { symmetricEigen } from "./symmetric-eigen.ts";

/** Leading eigenvectors of X^T X by subspace iteration with Rayleigh-Ritz (Halko, Martinsson and Tropp 2011).
 *
 *  X is row-major [count, columns]. `enough` is told the leading eigenvalues found so far, largest first, and says how
 *  many vectors to return, or undefined to go on with a block twice as wide; a block of min(count, columns) is exact,
 *  and then all are returned. Vectors are orthonormal to rounding. */
export function leadingEigenvectors(
  x: Float64Array,
  count: number,
  columns: number,
  enough: (eigenvalues: readonly number[]) => number | undefined,
): number[][] {
  const most = Math.min(count, columns);
  for (let width = Math.min(24, most); ; width = Math.min(2 * width, most)) {
    const { vectors, values, settled } = iterate(x, count, columns, width);
    const wanted = enough(values.slice(0, settled));
    if (wanted === undefined && width < most) continue;
    return vectors.slice(0, wanted ?? vectors.length).map(signed);
  }
}

interface Ritz {
  readonly vectors: Float64Array[];
  readonly values: number[];
  /** How many of the leading values have come to rest. */
  readonly settled: number;
}

function iterate(x: Float64Array, count: number, columns: number, width: number): Ritz {
  // A block as wide as the space is exact after two products, and there is nothing to wait for.
  const exact = width === Math.min(count, columns);
  let basis = orthonormal(startBlock(columns, width));
  let before: number[] = [];
  for (let round = 0; ; round++) {
    const images = basis.map((v) => multiply(x, count, columns, v));
    const ritz = symmetricEigen(images.map((a) => images.map((b) => dot(a, b))));
    const vectors = ritz.vectors.map((weights) => combination(basis, weights));
    const values = ritz.values.map((value) => Math.max(value, 0));
    // Where eigenvalues lie close together, directions within their span are as good as the vectors themselves.
    const tolerance = (round < 30 ? 1e-14 : 1e-7) * values[0]!;
    const moving = values.findIndex(
      (value, i) => !(Math.abs(value - (before[i] ?? Number.NaN)) <= tolerance),
    );
    // Values at the end of the block converge slowest; two thirds of it are what is used.
    const useful = Math.max(1, Math.floor((2 * width) / 3));
    const settled = exact ? width : Math.min(moving < 0 ? width : moving, useful);
    if (exact ? round >= 2 : settled >= useful || round === 40) return { vectors, values, settled };
    before = values;
    basis = orthonormal(
      vectors.map((v) => multiplyTransposed(x, count, columns, multiply(x, count, columns, v))),
    );
  }
}

/** A fixed block without structure: integer hashes of the position. */
function startBlock(columns: number, width: number): Float64Array[] {
  return Array.from({ length: width }, (_, k) =>
    Float64Array.from({ length: columns }, (_, c) => {
      let hash = Math.imul(c + 1, 0x9e3779b1) ^ Math.imul(k + 1, 0x85ebca77);
      hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
      hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
      return (hash ^ (hash >>> 15)) / 2 ** 31;
    }),
  );
}

/** Gram-Schmidt, twice; a vector that is spent is replaced by a coordinate direction. */
function orthonormal(vectors: Float64Array[]): Float64Array[] {
  const done: Float64Array[] = [];
  vectors.forEach((given, k) => {
    for (let candidate = given, attempt = 0; ; attempt++) {
      const before = Math.sqrt(dot(candidate, candidate));
      if (before > 0) {
        const v = candidate.map((t) => t / before);
        for (let pass = 0; pass < 2; pass++) for (const other of done) subtract(v, dot(v, other), other);
        const norm = Math.sqrt(dot(v, v));
        if (norm > 1e-10) {
          done.push(v.map((t) => t / norm));
          return;
        }
      }
      candidate = new Float64Array(given.length);
      candidate[(k + attempt) % given.length] = 1;
    }
  });
  // Once more, since a small remainder was scaled up.
  return done.map((v, k) => {
    const w = v.slice();
    for (const other of done.slice(0, k)) subtract(w, dot(w, other), other);
    const norm = Math.sqrt(dot(w, w));
    return w.map((t) => t / norm);
  });
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
