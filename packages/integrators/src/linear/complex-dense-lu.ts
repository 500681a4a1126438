import type { ComplexLu } from "./types.ts";

/** LU = P ((re + i im) I - J), dense column-major, partial pivoting on |re| + |im|. */
export class ComplexDenseLu implements ComplexLu {
  readonly #n: number;
  readonly #re: Float64Array;
  readonly #im: Float64Array;
  readonly #pivot: Int32Array;

  constructor(n: number) {
    this.#n = n;
    this.#re = new Float64Array(n * n);
    this.#im = new Float64Array(n * n);
    this.#pivot = new Int32Array(n);
  }

  factor(jacobian: Float64Array, re: number, im: number): boolean {
    const n = this.#n;
    const ar = this.#re;
    const ai = this.#im;
    const pivot = this.#pivot;
    for (let i = 0; i < n * n; i++) {
      ar[i] = -jacobian[i]!;
      ai[i] = 0;
    }
    for (let i = 0, d = 0; i < n; i++, d += n + 1) {
      ar[d] = ar[d]! + re;
      ai[d] = im;
    }
    for (let k = 0; k < n; k++) {
      const col = k * n;
      let p = k;
      let best = Math.abs(ar[col + k]!) + Math.abs(ai[col + k]!);
      for (let i = k + 1; i < n; i++) {
        const size = Math.abs(ar[col + i]!) + Math.abs(ai[col + i]!);
        if (size > best) {
          best = size;
          p = i;
        }
      }
      pivot[k] = p;
      if (!(best > 0 && best < Number.POSITIVE_INFINITY)) return false;
      if (p !== k) {
        for (let c = 0; c < n * n; c += n) {
          let swap = ar[c + k]!;
          ar[c + k] = ar[c + p]!;
          ar[c + p] = swap;
          swap = ai[c + k]!;
          ai[c + k] = ai[c + p]!;
          ai[c + p] = swap;
        }
      }
      // The diagonal keeps the reciprocal of the pivot: the solves then only multiply.
      const pr = ar[col + k]!;
      const pi = ai[col + k]!;
      const size = pr * pr + pi * pi;
      const ir = pr / size;
      const ii = -pi / size;
      if (!(size > 0 && size < Number.POSITIVE_INFINITY)) return false;
      ar[col + k] = ir;
      ai[col + k] = ii;
      for (let i = col + k + 1; i < col + n; i++) {
        const r = ar[i]!;
        const m = ai[i]!;
        ar[i] = r * ir - m * ii;
        ai[i] = r * ii + m * ir;
      }
      for (let c = col + n; c < n * n; c += n) {
        const fr = ar[c + k]!;
        const fi = ai[c + k]!;
        if (fr === 0 && fi === 0) continue;
        for (let i = k + 1; i < n; i++) {
          const lr = ar[col + i]!;
          const li = ai[col + i]!;
          ar[c + i] = ar[c + i]! - (fr * lr - fi * li);
          ai[c + i] = ai[c + i]! - (fr * li + fi * lr);
        }
      }
    }
    return true;
  }

  solve(re: Float64Array, im: Float64Array): void {
    const n = this.#n;
    const ar = this.#re;
    const ai = this.#im;
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
