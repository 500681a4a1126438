import type { Band } from "../problem.ts";
import { loadBand } from "./band-storage.ts";
import type { ComplexLu } from "./factorisation.ts";

/** The complex sibling of `BandedLu`: LU of (re + i im) I - J for a real banded J. */
export class ComplexBandedLu implements ComplexLu {
  readonly #n: number;
  readonly #lower: number;
  readonly #upper: number;
  readonly #stride: number;
  readonly #re: Float64Array;
  readonly #im: Float64Array;
  readonly #pivot: Int32Array;

  constructor(n: number, band: Band) {
    this.#n = n;
    this.#lower = band.lower;
    this.#upper = band.upper;
    this.#stride = 2 * band.lower + band.upper + 1;
    this.#re = new Float64Array(this.#stride * n);
    this.#im = new Float64Array(this.#stride * n);
    this.#pivot = new Int32Array(n);
  }

  factor(jacobian: Float64Array, re: number, im: number): boolean {
    const n = this.#n;
    const lower = this.#lower;
    const stride = this.#stride;
    const ar = this.#re;
    const ai = this.#im;
    const diagonal = lower + this.#upper;
    ai.fill(0);
    loadBand(jacobian, re, n, lower, this.#upper, ar);
    for (let at = diagonal; at < ai.length; at += stride) ai[at] = im;
    for (let k = 0; k < n; k++) {
      const d = k * stride + diagonal;
      const last = Math.min(lower, n - 1 - k);
      let p = 0;
      let best = Math.abs(ar[d]!) + Math.abs(ai[d]!);
      for (let r = 1; r <= last; r++) {
        const size = Math.abs(ar[d + r]!) + Math.abs(ai[d + r]!);
        if (size > best) {
          best = size;
          p = r;
        }
      }
      this.#pivot[k] = k + p;
      if (!(best > 0 && best < Number.POSITIVE_INFINITY)) return false;
      const lastColumn = Math.min(k + diagonal, n - 1);
      if (p !== 0) {
        for (let j = k; j <= lastColumn; j++) {
          const at = j * stride + diagonal + k - j;
          let swap = ar[at]!;
          ar[at] = ar[at + p]!;
          ar[at + p] = swap;
          swap = ai[at]!;
          ai[at] = ai[at + p]!;
          ai[at + p] = swap;
        }
      }
      const size = ar[d]! * ar[d]! + ai[d]! * ai[d]!;
      if (!(size > 0 && size < Number.POSITIVE_INFINITY)) return false;
      const ir = ar[d]! / size;
      const ii = -ai[d]! / size;
      ar[d] = ir;
      ai[d] = ii;
      for (let r = d + 1; r <= d + last; r++) {
        const xr = ar[r]!;
        const xi = ai[r]!;
        ar[r] = xr * ir - xi * ii;
        ai[r] = xr * ii + xi * ir;
      }
      for (let j = k + 1; j <= lastColumn; j++) {
        const at = j * stride + diagonal + k - j;
        const fr = ar[at]!;
        const fi = ai[at]!;
        if (fr === 0 && fi === 0) continue;
        for (let r = 1; r <= last; r++) {
          const lr = ar[d + r]!;
          const li = ai[d + r]!;
          ar[at + r] = ar[at + r]! - (fr * lr - fi * li);
          ai[at + r] = ai[at + r]! - (fr * li + fi * lr);
        }
      }
    }
    return true;
  }

  solve(re: Float64Array, im: Float64Array): void {
    const n = this.#n;
    const stride = this.#stride;
    const ar = this.#re;
    const ai = this.#im;
    const diagonal = this.#lower + this.#upper;
    for (let k = 0; k < n; k++) {
      const p = this.#pivot[k]!;
      const xr = re[p]!;
      const xi = im[p]!;
      re[p] = re[k]!;
      im[p] = im[k]!;
      re[k] = xr;
      im[k] = xi;
      const d = k * stride + diagonal;
      const last = Math.min(this.#lower, n - 1 - k);
      for (let r = 1; r <= last; r++) {
        const lr = ar[d + r]!;
        const li = ai[d + r]!;
        re[k + r] = re[k + r]! - (xr * lr - xi * li);
        im[k + r] = im[k + r]! - (xr * li + xi * lr);
      }
    }
    for (let k = n - 1; k >= 0; k--) {
      const d = k * stride + diagonal;
      const xr = re[k]! * ar[d]! - im[k]! * ai[d]!;
      const xi = re[k]! * ai[d]! + im[k]! * ar[d]!;
      re[k] = xr;
      im[k] = xi;
      const reach = Math.min(diagonal, k);
      for (let r = 1; r <= reach; r++) {
        const ur = ar[d - r]!;
        const ui = ai[d - r]!;
        re[k - r] = re[k - r]! - (xr * ur - xi * ui);
        im[k - r] = im[k - r]! - (xr * ui + xi * ur);
      }
    }
  }
}
