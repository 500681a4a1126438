import { depressedCubic, depressedQuartic, differenceOfProducts, type Root } from "./polynomial-roots.ts";

/** What float64 leaves of a coefficient, in units of the matrix' norm to its degree. */
const rounding = 8 * 2 ** -53;
/** Errors, relative to the largest modulus, up to which a closed form is taken. */
const acceptable = 1e-12;

/** Eigenvalues of a real n x n matrix, n <= 4, from its characteristic polynomial: by the quadratic formula,
 *  Cardano and Ferrari, on the matrix less its mean eigenvalue, polished by Newton's method. Writes re and im
 *  and returns true, or returns false where an error estimate exceeds 1e-12 of the largest modulus (close
 *  eigenvalues: a general method is better there) or a number is not finite. */
export function smallEigenvalues(
  matrix: Float64Array,
  n: number,
  re: Float64Array,
  im: Float64Array,
): boolean {
  let largest = 0;
  for (let k = 0; k < n * n; k++) {
    if (!Number.isFinite(matrix[k]!)) return false;
    largest = Math.max(largest, Math.abs(matrix[k]!));
  }
  let scale = 1;
  // A power of two, so that scaling rounds nothing.
  while (largest * scale > 2) scale /= 2;
  while (largest > 0 && largest * scale < 1) scale *= 2;
  if (!Number.isFinite(scale)) return false;
  const a = Float64Array.from({ length: n * n }, (_, k) => matrix[k]! * scale);
  if (n === 1) {
    re[0] = matrix[0]!;
    im[0] = 0;
    return true;
  }
  if (n === 2) {
    writeRoots(two(a), 0, scale, re, im);
    return true;
  }
  let mean = 0;
  for (let d = 0; d < n; d++) mean += a[d * (n + 1)]! / n;
  for (let d = 0; d < n; d++) a[d * (n + 1)]! -= mean;
  let norm = 0;
  for (let k = 0; k < n * n; k++) norm += a[k]! * a[k]!;
  norm = Math.sqrt(norm);
  // x^n + coefficients[0] x^(n-2) + ...: the mean is gone.
  const coefficients = n === 3 ? [minors(a, 3), -determinant3(a, 3, 0, 1, 2)] : quarticOf(a);
  const roots =
    n === 3
      ? depressedCubic(coefficients[0]!, coefficients[1]!)
      : depressedQuartic(coefficients[0]!, coefficients[1]!, coefficients[2]!);
  let sum = 0;
  let radius = 0;
  let error = 0;
  for (const root of roots) {
    error = Math.max(error, polish(root, coefficients, norm));
    sum += root.im > 0 ? 2 * root.re : root.re;
    radius = Math.max(radius, Math.sqrt((root.re + mean) * (root.re + mean) + root.im * root.im));
  }
  // The sum is 0 unless two roots were polished into one.
  if (!(error <= acceptable * radius && Math.abs(sum) <= 1e-10 * norm)) return false;
  writeRoots(roots, mean, scale, re, im);
  return true;
}

/** Through the determinant where the sum cancels; both differences of products are exact to rounding. */
function two(a: Float64Array): Root[] {
  const [p, q, r, s] = [a[0]!, a[1]!, a[2]!, a[3]!];
  const half = (p - s) / 2;
  const middle = (p + s) / 2;
  const square = differenceOfProducts(half, half, -q, r);
  if (square < 0) return [{ re: middle, im: Math.sqrt(-square) }];
  const large = middle < 0 ? middle - Math.sqrt(square) : middle + Math.sqrt(square);
  const small = large === 0 ? 0 : differenceOfProducts(p, s, q, r) / large;
  return [
    { re: large, im: 0 },
    { re: small, im: 0 },
  ];
}

/** Sum of the principal 2 x 2 minors. */
function minors(a: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      sum += differenceOfProducts(a[i * n + i]!, a[j * n + j]!, a[i * n + j]!, a[j * n + i]!);
    }
  }
  return sum;
}

/** Principal 3 x 3 minor on rows and columns i, j, k. */
function determinant3(a: Float64Array, n: number, i: number, j: number, k: number): number {
  const minor = (c: number, d: number) =>
    differenceOfProducts(a[j * n + c]!, a[k * n + d]!, a[j * n + d]!, a[k * n + c]!);
  return a[i * n + i]! * minor(j, k) - a[i * n + j]! * minor(i, k) + a[i * n + k]! * minor(i, j);
}

function quarticOf(a: Float64Array): number[] {
  const three =
    determinant3(a, 4, 0, 1, 2) +
    determinant3(a, 4, 0, 1, 3) +
    determinant3(a, 4, 0, 2, 3) +
    determinant3(a, 4, 1, 2, 3);
  // Laplace's expansion by the first two rows.
  const upper = (c: number, d: number) => differenceOfProducts(a[c]!, a[4 + d]!, a[d]!, a[4 + c]!);
  const lower = (c: number, d: number) => differenceOfProducts(a[8 + c]!, a[12 + d]!, a[8 + d]!, a[12 + c]!);
  const four =
    upper(0, 1) * lower(2, 3) -
    upper(0, 2) * lower(1, 3) +
    upper(0, 3) * lower(1, 2) +
    upper(1, 2) * lower(0, 3) -
    upper(1, 3) * lower(0, 2) +
    upper(2, 3) * lower(0, 1);
  return [minors(a, 4), -three, four];
}

/** Two Newton steps, and an estimate of the error that is left: the residual and the coefficients' rounding
 *  over the slope. */
function polish(root: Root, coefficients: readonly number[], norm: number): number {
  const real = root.im === 0;
  for (let step = 0; ; step++) {
    // Horner's scheme for value and slope, in complex arithmetic.
    let [v, w, ds, dt] = [root.re, root.im, 1, 0];
    [ds, dt] = [ds * root.re - dt * root.im + v, ds * root.im + dt * root.re + w];
    [v, w] = [v * root.re - w * root.im + coefficients[0]!, v * root.im + w * root.re];
    const modulus = Math.sqrt(root.re * root.re + root.im * root.im);
    let power = norm * norm;
    let size = (modulus + norm) * modulus + power;
    for (let k = 1; k < coefficients.length; k++) {
      [ds, dt] = [ds * root.re - dt * root.im + v, ds * root.im + dt * root.re + w];
      [v, w] = [v * root.re - w * root.im + coefficients[k]!, v * root.im + w * root.re];
      power *= norm;
      size = size * modulus + power;
    }
    const slope = ds * ds + dt * dt;
    if (slope === 0) return norm === 0 ? 0 : Number.POSITIVE_INFINITY;
    if (step === 2) return (Math.sqrt(v * v + w * w) + rounding * size) / Math.sqrt(slope);
    root.re -= (v * ds + w * dt) / slope;
    if (!real) root.im = Math.abs(root.im - (w * ds - v * dt) / slope);
  }
}

function writeRoots(
  roots: readonly Root[],
  mean: number,
  scale: number,
  re: Float64Array,
  im: Float64Array,
): void {
  let at = 0;
  for (const root of roots) {
    for (const sign of root.im > 0 ? [1, -1] : [0]) {
      re[at] = (root.re + mean) / scale;
      im[at++] = (sign * root.im) / scale;
    }
  }
}
