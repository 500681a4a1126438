import { IntegratorError } from "../errors.ts";
import { memoised } from "../memoised.ts";
import type { ButcherTableau } from "./butcher.ts";

type Triple = readonly [number, number, number];
type Matrix = readonly [number, number, number, number, number, number, number, number, number];

/** A three-stage collocation method, diagonalised: T^-1 A^-1 T = diag(real, [[re, -im], [im, re]]). Matrices
 *  are row-major. */
export interface CollocationTableau {
  readonly c: Triple;
  readonly eigenvalues: { readonly real: number; readonly re: number; readonly im: number };
  readonly t: Matrix;
  readonly inverseT: Matrix;
  /** (e . z) / h + f(t, y) is the error estimate before the filter. */
  readonly errorWeights: Triple;
  /** Rows x, x^2, x^3 of the cubic through (0, 0) and (c_i, z_i). */
  readonly interpolation: Matrix;
}

/** The diagonalisation, found from the Butcher matrix: the real eigenvalue from the characteristic cubic, the
 *  eigenvectors from cross products of rows, T scaled so that its last row is (1, 1, 0). */
export const collocationTableau: (tableau: ButcherTableau) => CollocationTableau =
  /* @__PURE__ */ memoised(diagonalise);

function diagonalise(tableau: ButcherTableau): CollocationTableau {
  const a = tableau.a.flat();
  if (a.length !== 9) {
    throw new IntegratorError(`collocation tableau: has ${tableau.b.length} stages, expected 3`, {
      code: "bad_tableau",
    });
  }
  const inverse = invert(a);
  const [real, re, im] = eigenvalues(inverse);
  const realVector = nullVector(inverse, real, 0);
  const complexVector = nullVector(inverse, re, im);
  // (A^-1)(u + i v) = (re + i im)(u + i v): A^-1 u = re u - im v, A^-1 v = im u + re v; T's columns are (u,
  // -v).
  const columns = [realVector.re, complexVector.re, complexVector.im.map((x) => -x)];
  const t = [0, 1, 2].flatMap((i) => columns.map((column) => column[i]!));
  const c = tableau.c as unknown as Triple;
  const vandermonde = c.flatMap((x) => [x, x * x, x * x * x]);
  return {
    c,
    eigenvalues: { real, re, im },
    t: t as unknown as Matrix,
    inverseT: invert(t) as unknown as Matrix,
    errorWeights: embeddedWeights(a, c, real),
    interpolation: invert(vandermonde) as unknown as Matrix,
  };
}

/** Weights e with y_hat - y_new = (gamma_0^-1) ... : the embedded formula y_hat = y + h (f(t, y) / real + sum
 *  b_hat_i k_i) of order 3 is compared with y_new; with h k = A^-1 z the difference is h / real (f(t, y) + (e
 *  . z) / h). */
function embeddedWeights(a: readonly number[], c: Triple, real: number): Triple {
  const gamma = 1 / real;
  // b_hat integrates 1, x, x^2 exactly together with the weight gamma at x = 0.
  const moments = [1 - gamma, 1 / 2, 1 / 3];
  const powers = [c.map(() => 1), c, c.map((x) => x * x)].flat();
  const bHat = multiply(invert(powers), moments);
  const inverse = invert(a);
  const b = [a[6]!, a[7]!, a[8]!];
  const difference = bHat.map((x, i) => x - b[i]!);
  return [0, 1, 2].map(
    (j) => real * difference.reduce((sum, x, i) => sum + x * inverse[3 * i + j]!, 0),
  ) as unknown as Triple;
}

function multiply(m: readonly number[], v: readonly number[]): number[] {
  return [0, 1, 2].map((i) => m[3 * i]! * v[0]! + m[3 * i + 1]! * v[1]! + m[3 * i + 2]! * v[2]!);
}

function invert(m: readonly number[]): number[] {
  const [a, b, c, d, e, f, g, h, i] = m as unknown as Matrix;
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  return [
    e * i - f * h,
    c * h - b * i,
    b * f - c * e,
    f * g - d * i,
    a * i - c * g,
    c * d - a * f,
    d * h - e * g,
    b * g - a * h,
    a * e - b * d,
  ].map((x) => x / determinant);
}

/** The real eigenvalue and the complex pair re +- i im of a matrix that has them. */
function eigenvalues(m: readonly number[]): [number, number, number] {
  const [a, b, c, d, e, f, g, h, i] = m as unknown as Matrix;
  const trace = a + e + i;
  const minors = a * e - b * d + (a * i - c * g) + (e * i - f * h);
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  // x^3 - trace x^2 + minors x - determinant by Newton's iteration from a third of the trace.
  let x = trace / 3;
  for (let k = 0; k < 60; k++) {
    const step = (((x - trace) * x + minors) * x - determinant) / ((3 * x - 2 * trace) * x + minors);
    x -= step;
    if (Math.abs(step) < 1e-16 * Math.abs(x)) break;
  }
  const re = (trace - x) / 2;
  return [x, re, Math.sqrt(determinant / x - re * re)];
}

/** The eigenvector to re + i im, scaled so that its last entry is 1. */
function nullVector(m: readonly number[], re: number, im: number): { re: number[]; im: number[] } {
  // From the first two rows of m - (re + i im) I, with the last entry 1: a 2 x 2 complex system.
  const [a, b, c, d, e, f] = m as unknown as Matrix;
  const p = { re: a - re, im: -im };
  const q = { re: e - re, im: -im };
  const detRe = p.re * q.re - p.im * q.im - b * d;
  const detIm = p.re * q.im + p.im * q.re;
  const size = detRe * detRe + detIm * detIm;
  // x = (-c q + b f) / det, y = (-f p + d c) / det
  const over = (nr: number, ni: number) => [
    (nr * detRe + ni * detIm) / size,
    (ni * detRe - nr * detIm) / size,
  ];
  const x = over(-c * q.re + b * f, -c * q.im);
  const y = over(-f * p.re + d * c, -f * p.im);
  return { re: [x[0]!, y[0]!, 1], im: [x[1]!, y[1]!, 0] };
}
