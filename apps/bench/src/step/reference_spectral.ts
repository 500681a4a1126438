import { eigenvaluesOf } from "@stiffnet/stiffness";
import type { ReferenceProxy } from "./reference_gelfand.ts";

export interface SpectralReference extends ReferenceProxy {
  /** |u| |v| / |u' v|, at least 1: how far an error of J is magnified in l. */
  readonly condition: number;
}

/** Spectral radius |l_1| of J = diag(slopes) weights in float64, and its exact gradient
 *
 *      d|l| = Re( conj(l) / |l| * u' dJ v / (u' v) ),   J v = l v,  u' J = l u',
 *
 *  with the vectors of the dominant eigenvalue by inverse iteration. weights: [D, D] row-major; slopes: [D].
 *  J = 0 gives 0 with gradient 0, a J that is not finite NaN with gradient 0. */
export function spectralRadius64(weights: Float64Array, slopes: Float64Array): SpectralReference {
  const D = slopes.length;
  const jacobian = weights.map((w, at) => slopes[Math.floor(at / D)]! * w);
  const { re, im } = eigenvaluesOf(jacobian);
  const [lr, li] = [re[0]!, im[0]!];
  const radius = Math.hypot(lr, li);
  if (!(radius > 0)) return { radius, condition: 1, pullback: () => {} };
  const v = eigenvector(jacobian, D, lr, li, false);
  const u = eigenvector(jacobian, D, lr, li, true);
  // conj(l) / |l| / (u' v)
  let [dotRe, dotIm] = [0, 0];
  for (let k = 0; k < D; k++) {
    dotRe += u.re[k]! * v.re[k]! - u.im[k]! * v.im[k]!;
    dotIm += u.re[k]! * v.im[k]! + u.im[k]! * v.re[k]!;
  }
  const size = radius * (dotRe * dotRe + dotIm * dotIm);
  const [cr, ci] = [(lr * dotRe - li * dotIm) / size, (-li * dotRe - lr * dotIm) / size];
  return {
    radius,
    condition: (norm(u) * norm(v)) / Math.hypot(dotRe, dotIm),
    pullback(cotangent, gradWeights, gradSlopes) {
      for (let r = 0; r < D; r++) {
        for (let c = 0; c < D; c++) {
          const outerRe = u.re[r]! * v.re[c]! - u.im[r]! * v.im[c]!;
          const outerIm = u.re[r]! * v.im[c]! + u.im[r]! * v.re[c]!;
          const dJ = cotangent * (cr * outerRe - ci * outerIm);
          gradWeights[r * D + c]! += dJ * slopes[r]!;
          gradSlopes[r]! += dJ * weights[r * D + c]!;
        }
      }
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

/** Two steps of inverse iteration with a shift 1e-12 away from l, each of which gains twelve digits less those of the gap: (A - l) x = b, A = J or its transpose. */
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
