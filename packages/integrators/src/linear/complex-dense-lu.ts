import type { ComplexLu } from "./factorisation.ts";
import type { MassMatrix } from "./mass-matrix.ts";

/** LU = P ((re + i im) I - J), dense column-major, partial pivoting on |re| + |im|. */
export class ComplexDenseLu implements ComplexLu {
  readonly #n: number;
  /** The matrix, then its factors. */
  readonly re: Float64Array;
  readonly im: Float64Array;
  readonly #pivot: Int32Array;

  readonly #mass: MassMatrix | undefined;

  /** @param mass M where (re + i im) M - J is wanted */
  constructor(n: number, mass?: MassMatrix) {
    this.#n = n;
    this.#mass = mass;
    this.re = new Float64Array(n * n);
    this.im = new Float64Array(n * n);
    this.#pivot = new Int32Array(n);
  }

  factor(jacobian: Float64Array, re: number, im: number): boolean {
    const n = this.#n;
    const ar = this.re;
    const ai = this.im;
    for (let i = 0; i < n * n; i++) {
      ar[i] = -jacobian[i]!;
      ai[i] = 0;
    }
    this.#addShift(re, im);
    return this.eliminate();
  }

  /** Factorises what stands in `re` and `im`. */
  eliminate(): boolean {
    const n = this.#n;
    const ar = this.re;
    const ai = this.im;
    const pivot = this.#pivot;
    for (let c = 0, col = 0; c < n; c++, col += n) {
      for (let k = 0; k < c; k++) if (pivot[k] !== k) this.#swap(col, k, pivot[k]!);
      if (c > 0) this.#subtract(c, col);
      let p = c;
      let best = Math.abs(ar[col + c]!) + Math.abs(ai[col + c]!);
      for (let i = c + 1; i < n; i++) {
        const size = Math.abs(ar[col + i]!) + Math.abs(ai[col + i]!);
        if (size > best) {
          best = size;
          p = i;
        }
      }
      pivot[c] = p;
      if (!(best > 0 && best < Number.POSITIVE_INFINITY)) return false;
      if (p !== c) for (let j = 0; j <= col; j += n) this.#swap(j, c, p);
      // The diagonal keeps the reciprocal of the pivot: the solves then only multiply.
      const pr = ar[col + c]!;
      const pi = ai[col + c]!;
      const size = pr * pr + pi * pi;
      if (!(size > 0 && size < Number.POSITIVE_INFINITY)) return false;
      const ir = pr / size;
      const ii = -pi / size;
      ar[col + c] = ir;
      ai[col + c] = ii;
      for (let i = col + c + 1; i < col + n; i++) {
        const r = ar[i]!;
        const m = ai[i]!;
        ar[i] = r * ir - m * ii;
        ai[i] = r * ii + m * ir;
      }
    }
    return true;
  }

  #addShift(re: number, im: number): void {
    const n = this.#n;
    const ar = this.re;
    const ai = this.im;
    const mass = this.#mass;
    if (mass === undefined) {
      for (let i = 0, d = 0; i < n; i++, d += n + 1) {
        ar[d] = ar[d]! + re;
        ai[d] = im;
      }
      return;
    }
    mass.values.forEach((value, e) => {
      const at = mass.rows[e]! + n * mass.columns[e]!;
      ar[at] = ar[at]! + re * value;
      ai[at] = im * value;
    });
  }

  #swap(col: number, i: number, j: number): void {
    const ar = this.re;
    const ai = this.im;
    const r = ar[col + i]!;
    const m = ai[col + i]!;
    ar[col + i] = ar[col + j]!;
    ai[col + i] = ai[col + j]!;
    ar[col + j] = r;
    ai[col + j] = m;
  }

  /** Subtracts from column c its multiples of the columns to the left, two at a time. */
  #subtract(c: number, col: number): void {
    const n = this.#n;
    const ar = this.re;
    const ai = this.im;
    let k = 0;
    for (; k + 1 < c; k += 2) {
      const l = k * n;
      const m = l + n;
      const fr = ar[col + k]!;
      const fi = ai[col + k]!;
      const gr = ar[col + k + 1]! - (fr * ar[l + k + 1]! - fi * ai[l + k + 1]!);
      const gi = ai[col + k + 1]! - (fr * ai[l + k + 1]! + fi * ar[l + k + 1]!);
      ar[col + k + 1] = gr;
      ai[col + k + 1] = gi;
      for (let i = k + 2; i < n; i++) {
        const lr = ar[l + i]!;
        const li = ai[l + i]!;
        const mr = ar[m + i]!;
        const mi = ai[m + i]!;
        ar[col + i] = ar[col + i]! - (fr * lr - fi * li + gr * mr - gi * mi);
        ai[col + i] = ai[col + i]! - (fr * li + fi * lr + gr * mi + gi * mr);
      }
    }
    for (; k < c; k++) {
      const l = k * n;
      const fr = ar[col + k]!;
      const fi = ai[col + k]!;
      for (let i = k + 1; i < n; i++) {
        const lr = ar[l + i]!;
        const li = ai[l + i]!;
        ar[col + i] = ar[col + i]! - (fr * lr - fi * li);
        ai[col + i] = ai[col + i]! - (fr * li + fi * lr);
      }
    }
  }

  solve(re: Float64Array, im: Float64Array): void {
    const n = this.#n;
    const ar = this.re;
    const ai = this.im;
    const pivot = this.#pivot;
    for (let k = 0; k < n; k++) {
      const p = pivot[k]!;
      if (p !== k) {
        let swap = re[k]!;
        re[k] = re[p]!;
        re[p] = swap;
        swap = im[k]!;
        im[k] = im[p]!;
        im[p] = swap;
      }
    }
    for (let k = 0, col = 0; k < n; k++, col += n) {
      const xr = re[k]!;
      const xi = im[k]!;
      for (let i = k + 1; i < n; i++) {
        const lr = ar[col + i]!;
        const li = ai[col + i]!;
        re[i] = re[i]! - (xr * lr - xi * li);
        im[i] = im[i]! - (xr * li + xi * lr);
      }
    }
    for (let k = n - 1, col = (n - 1) * n; k >= 0; k--, col -= n) {
      const dr = ar[col + k]!;
      const di = ai[col + k]!;
      const xr = re[k]! * dr - im[k]! * di;
      const xi = re[k]! * di + im[k]! * dr;
      re[k] = xr;
      im[k] = xi;
      for (let i = 0; i < k; i++) {
        const ur = ar[col + i]!;
        const ui = ai[col + i]!;
        re[i] = re[i]! - (xr * ur - xi * ui);
        im[i] = im[i]! - (xr * ui + xi * ur);
      }
    }
  }
}
