import type { JacobianBatch } from "@stiffnet/core";
import { createKernels, type Dense } from "@stiffnet/kernels";
import { byModulus, denseOf, eachJacobian } from "./dense.ts";

/** |l_1| of one matrix and its derivative. */
interface SpectralRadius {
  /** NaN where the matrix is not finite. */
  readonly radius: number;
  /** |u| |v| / |u' v|, at least 1: how far an error of J is magnified in l_1. */
  readonly condition: number;
  /** d|l_1| / dJ, row-major [n, n]. */
  readonly gradient: Float64Array;
}

/** Condition beyond which the vectors of a nearly defective eigenvalue have no digits left. */
const mostCondition = 1e8;

/** The spectral radius of J, [n, n], with the dominant eigenvalue l = lr + i li, and its exact derivative
 *
 *      d|l| = Re( conj(l) / |l| * u' dJ v / (u' v) ),   J v = l v,  u' J = l u',
 *
 *  (Magnus 1985), with the vectors of the dominant eigenvalue by inverse iteration. If several eigenvalues
 *  share the modulus, it takes one of them. If the condition is above 1e8, u = conj(v). J = 0 and entries
 *  that are not finite give a derivative of 0. O(n^3). */
function dominant(J: Float64Array, lr: number, li: number): SpectralRadius {
  const gradient = new Float64Array(J.length);
  const n = Math.sqrt(J.length);
  const radius = Math.hypot(lr, li);
  if (!(radius > 0)) return { radius, condition: 1, gradient };
  const v = eigenvector(J, n, lr, li, false);
  let u = eigenvector(J, n, lr, li, true);
  let inner = product(u, v);
  let condition = (norm(u) * norm(v)) / Math.hypot(inner.re, inner.im);
  if (!(condition <= mostCondition)) {
    u = { re: v.re, im: v.im.map((x) => -x) };
    inner = product(u, v);
    condition = Number.POSITIVE_INFINITY;
  }
  // conj(l) / |l| / (u' v)
  const size = radius * square(inner.re, inner.im);
  const [cr, ci] = [(lr * inner.re - li * inner.im) / size, (-li * inner.re - lr * inner.im) / size];
  for (let r = 0; r < n; r++) {
    for (let c = 0; c < n; c++) {
      const outerRe = u.re[r]! * v.re[c]! - u.im[r]! * v.im[c]!;
      const outerIm = u.re[r]! * v.im[c]! + u.im[r]! * v.re[c]!;
      gradient[r * n + c] = cr * outerRe - ci * outerIm;
    }
  }
  return { radius, condition, gradient };
}

/** The spectral radii of a batch of Jacobians in float64, and their gradient. */
export interface SpectralRadii {
  /** [N * B], layer by layer; NaN where a Jacobian is not finite. */
  readonly radii: Float64Array;
  /** Condition of each, as in `SpectralRadius`. */
  readonly conditions: Float64Array;
  /** Of sum cotangent[n * B + i] radii[n * B + i]: by the weights [N, D, D] and by the slopes in the batch's
   *  own layout. */
  gradient(cotangent: ArrayLike<number>): { weights: Float64Array; slopes: Float64Array };
}

/** The spectral radius of every Jacobian of a batch, whose arrays may lie anywhere. */
export function spectralRadiiOf(
  jacobians: JacobianBatch,
  dense: Dense = denseOf(createKernels(), jacobians.width),
): SpectralRadii {
  const { width, batch, stride, weights, slopes } = jacobians;
  const found: SpectralRadius[] = [];
  eachJacobian(dense, "eigenvalues", jacobians, ({ k }) => {
    const re = dense.re.subarray(k * width, (k + 1) * width);
    const im = dense.im.subarray(k * width, (k + 1) * width);
    const first = byModulus(re, im, width)[0]!;
    const matrix = dense.matrices.slice(k * width ** 2, (k + 1) * width ** 2);
    found.push(dominant(matrix, re[first]!, im[first]!));
  });
  return {
    radii: Float64Array.from(found, ({ radius }) => radius),
    conditions: Float64Array.from(found, ({ condition }) => condition),
    gradient(cotangent) {
      const total = { weights: new Float64Array(weights.length), slopes: new Float64Array(slopes.length) };
      found.forEach(({ gradient }, at) => {
        const [n, i] = [Math.floor(at / batch), at % batch];
        if (cotangent[at] === 0) return;
        gradient.forEach((dJ, k) => {
          if (dJ === 0) return;
          const row = (n * width + Math.floor(k / width)) * stride + i;
          const entry = n * width ** 2 + k;
          total.weights[entry]! += cotangent[at]! * dJ * slopes[row]!;
          total.slopes[row]! += cotangent[at]! * dJ * weights[entry]!;
        });
      });
      return total;
    },
  };
}

interface ComplexVector {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

function norm({ re, im }: ComplexVector): number {
  let sum = 0;
  for (let k = 0; k < re.length; k++) sum += re[k]! * re[k]! + im[k]! * im[k]!;
  return Math.sqrt(sum);
}

/** u' v, without conjugation. */
function product(u: ComplexVector, v: ComplexVector): { re: number; im: number } {
  let [re, im] = [0, 0];
  for (let k = 0; k < v.re.length; k++) {
    re += u.re[k]! * v.re[k]! - u.im[k]! * v.im[k]!;
    im += u.re[k]! * v.im[k]! + u.im[k]! * v.re[k]!;
  }
  return { re, im };
}

/** Two steps of inverse iteration, (A - l) x = b with A = J or its transpose. The shift is 1e-12 away from l,
 *  so each step gains twelve digits less those of the gap. */
function eigenvector(J: Float64Array, D: number, lr: number, li: number, transpose: boolean): ComplexVector {
  const shift = lr * (1 + 1e-12) + 1e-300;
  let x: ComplexVector = {
    re: Float64Array.from({ length: D }, (_, k) => 1 + ((k * 7919) % 13) / 13),
    im: Float64Array.from({ length: D }, (_, k) => ((k * 104729) % 11) / 11),
  };
  for (let pass = 0; pass < 2; pass++) {
    const a = Float64Array.from({ length: D * D }, (_, at) => {
      const [r, c] = [Math.floor(at / D), at % D];
      return (transpose ? J[c * D + r]! : J[at]!) - (r === c ? shift : 0);
    });
    const b = new Float64Array(D * D);
    for (let k = 0; k < D; k++) b[k * D + k] = -li;
    x = solved(a, b, D, x);
    let largest = 0;
    for (let k = 0; k < D; k++) largest = Math.max(largest, Math.hypot(x.re[k]!, x.im[k]!));
    for (let k = 0; k < D; k++) {
      x.re[k]! /= largest;
      x.im[k]! /= largest;
    }
  }
  return x;
}

const square = (re: number, im: number): number => re * re + im * im;

/** (a + i b) x = y by Gaussian elimination with row pivoting; a and b are used up. */
function solved(a: Float64Array, b: Float64Array, D: number, y: ComplexVector): ComplexVector {
  const re = y.re.slice();
  const im = y.im.slice();
  for (let k = 0; k < D; k++) {
    let pivot = k;
    for (let r = k + 1; r < D; r++) {
      if (square(a[r * D + k]!, b[r * D + k]!) > square(a[pivot * D + k]!, b[pivot * D + k]!)) pivot = r;
    }
    if (pivot !== k) {
      for (const matrix of [a, b]) {
        for (let c = k; c < D; c++) {
          [matrix[k * D + c], matrix[pivot * D + c]] = [matrix[pivot * D + c]!, matrix[k * D + c]!];
        }
      }
      for (const vector of [re, im]) [vector[k], vector[pivot]] = [vector[pivot]!, vector[k]!];
    }
    const [pr, pi] = [a[k * D + k]! || 1e-300, b[k * D + k]!];
    const size = pr * pr + pi * pi;
    for (let r = k + 1; r < D; r++) {
      const [xr, xi] = [a[r * D + k]!, b[r * D + k]!];
      const fr = (xr * pr + xi * pi) / size;
      const fi = (xi * pr - xr * pi) / size;
      for (let c = k; c < D; c++) {
        const [qr, qi] = [a[k * D + c]!, b[k * D + c]!];
        a[r * D + c]! -= fr * qr - fi * qi;
        b[r * D + c]! -= fr * qi + fi * qr;
      }
      const [yr, yi] = [re[k]!, im[k]!];
      re[r]! -= fr * yr - fi * yi;
      im[r]! -= fr * yi + fi * yr;
    }
  }
  for (let k = D - 1; k >= 0; k--) {
    let [sr, si] = [re[k]!, im[k]!];
    for (let c = k + 1; c < D; c++) {
      sr -= a[k * D + c]! * re[c]! - b[k * D + c]! * im[c]!;
      si -= a[k * D + c]! * im[c]! + b[k * D + c]! * re[c]!;
    }
    const [pr, pi] = [a[k * D + k]! || 1e-300, b[k * D + k]!];
    const size = pr * pr + pi * pi;
    re[k] = (sr * pr + si * pi) / size;
    im[k] = (si * pr - sr * pi) / size;
  }
  return { re, im };
}
