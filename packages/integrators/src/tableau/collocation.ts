import { misuse } from "../errors.ts";
import { memoised } from "../memoised.ts";
import { type ButcherTableau, isStifflyAccurate } from "./butcher.ts";

type Matrix = readonly (readonly number[])[];

/** A collocation method with two or three stages, diagonalised. T^-1 A^-1 T has the block
 *  [[re, -im], [im, re]], below the real eigenvalue if there are three stages. With z = h A k, k = A^-1 z /
 *  h. */
export interface CollocationTableau {
  readonly c: readonly number[];
  readonly real: number | undefined;
  readonly re: number;
  readonly im: number;
  readonly t: Matrix;
  readonly inverseT: Matrix;
  /** y_new = y + end . z. */
  readonly end: readonly number[];
  /** (e . z) / h + f(t, y) is the error estimate before the filter, of three stages. */
  readonly errorWeights: readonly number[];
  /** Rows x, x^2, ... of the polynomial through (0, 0) and (c_i, z_i). */
  readonly interpolation: Matrix;
}

/** The diagonalisation, found from the Butcher matrix. Kept for as long as the tableau is. */
export const collocationTableau: (tableau: ButcherTableau) => CollocationTableau =
  /* @__PURE__ */ memoised(diagonalise);

function diagonalise(tableau: ButcherTableau): CollocationTableau {
  const { a, b, c } = tableau;
  const s = b.length;
  if (s !== 2 && s !== 3) {
    throw misuse("bad_tableau", `collocation tableau: has ${s} stages, expected 2 or 3`);
  }
  const inverse = inverted(a);
  const { real, re, im } = eigenvalues(inverse);
  // The Cayley-Hamilton theorem: the product of all A^-1 - mu I with the other eigenvalues mu has
  // eigenvectors as columns.
  const rest = real === undefined ? identity(s) : less(inverse, real);
  const shifted = product(rest, less(inverse, re));
  const column = (m: Matrix): number[] => m.map((row) => row[0]!);
  const [u, v] = [column(shifted), column(rest).map((x) => im * x)];
  const [p, q] = [u[s - 1]!, v[s - 1]!];
  const size = p * p + q * q;
  // A^-1 (u + i v) = (re + i im)(u + i v): T's columns are u and -v, its last row (1, 1, 0).
  const columns = [u.map((x, i) => (x * p + v[i]! * q) / size), u.map((x, i) => (x * q - v[i]! * p) / size)];
  if (real !== undefined) {
    const own = column(
      product(less(inverse, re), less(inverse, re)).map((row, i) =>
        row.map((x, j) => x + (i === j ? im * im : 0)),
      ),
    );
    columns.unshift(own.map((x) => x / own[s - 1]!));
  }
  const t = transposed(columns);
  return {
    c,
    real,
    re,
    im,
    t,
    inverseT: inverted(t),
    end: isStifflyAccurate(tableau) ? identity(s)[s - 1]! : product([b], inverse)[0]!,
    errorWeights: real === undefined ? [] : embeddedWeights(inverse, b, c, real),
    interpolation: inverted(c.map((x) => c.map((_, m) => x ** (m + 1)))),
  };
}

/** Weights e with y_hat - y_new = (gamma_0^-1) ... : the embedded formula y_hat = y + h (f(t, y) / real + sum
 *  b_hat_i k_i) of order 3 is compared with y_new; with h k = A^-1 z the difference is h / real (f(t, y) + (e
 *  . z) / h). */
function embeddedWeights(
  inverse: Matrix,
  b: readonly number[],
  c: readonly number[],
  real: number,
): readonly number[] {
  // b_hat integrates 1, x, x^2 exactly together with the weight 1 / real at x = 0.
  const moments = [1 - 1 / real, 1 / 2, 1 / 3];
  const powers = inverted(moments.map((_, m) => c.map((x) => x ** m)));
  const difference = powers.map((row, i) => row.reduce((sum, x, m) => sum + x * moments[m]!, -b[i]!));
  return product([difference.map((x) => real * x)], inverse)[0]!;
}

const identity = (s: number): Matrix =>
  Array.from({ length: s }, (_, i) => Array.from({ length: s }, (_, j) => Number(i === j)));

const less = (m: Matrix, x: number): Matrix => m.map((row, i) => row.map((y, j) => (i === j ? y - x : y)));

const transposed = (m: Matrix): Matrix => m[0]!.map((_, j) => m.map((row) => row[j]!));

const product = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0]!.map((_, j) => row.reduce((sum, x, k) => sum + x * b[k]![j]!, 0)));

/** Gauss-Jordan elimination. */
function inverted(m: Matrix): Matrix {
  const s = m.length;
  const rows = m.map((row, i) => [...row, ...identity(s)[i]!]);
  for (let k = 0; k < s; k++) {
    let pivot = k;
    for (let i = k; i < s; i++) if (Math.abs(rows[i]![k]!) > Math.abs(rows[pivot]![k]!)) pivot = i;
    [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
    const first = rows[k]!.map((x) => x / rows[k]![k]!);
    rows.forEach((row, i) => {
      rows[i] = i === k ? first : row.map((x, j) => x - row[k]! * first[j]!);
    });
  }
  return rows.map((row) => row.slice(s));
}

/** The real eigenvalue, where there are three, and the complex pair re +- i im of a matrix that has them. */
function eigenvalues(m: Matrix): { real: number | undefined; re: number; im: number } {
  const trace = (a: Matrix) => a.reduce((sum, row, i) => sum + row[i]!, 0);
  const square = product(m, m);
  const [first, second, third] = [trace(m), trace(square), trace(product(square, m))];
  const minors = (first * first - second) / 2;
  const pair = (re: number, size: number) => ({ re, im: Math.sqrt(size - re * re) });
  if (m.length === 2) return { real: undefined, ...pair(first / 2, minors) };
  const determinant = (first ** 3 - 3 * first * second + 2 * third) / 6;
  // x^3 - trace x^2 + minors x - determinant by Newton's iteration from a third of the trace.
  let x = first / 3;
  for (let k = 0; k < 60; k++) {
    const step = (((x - first) * x + minors) * x - determinant) / ((3 * x - 2 * first) * x + minors);
    x -= step;
    if (Math.abs(step) < 1e-16 * Math.abs(x)) break;
  }
  return { real: x, ...pair((first - x) / 2, determinant / x) };
}
