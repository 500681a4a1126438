import type { Band } from "../problem.ts";
import { ComplexBandedLu } from "./complex-banded-lu.ts";
import type { ComplexLu } from "./factorisation.ts";
import { PADDING, padBand } from "./pentadiagonal.ts";

/** LU of (re + i im) I - J for a real J of at most two diagonals on each side, written out: what is needed of
 *  the rows before stays in registers. From one end only: unlike `PentadiagonalLu`, complex arithmetic has
 *  enough to do while it waits. Where partial pivoting would swap rows, `ComplexBandedLu` does it. */
export class ComplexPentadiagonalLu implements ComplexLu {
  readonly #n: number;
  readonly #band: Band;
  readonly #source: Float64Array;
  /** Of each row, as real and imaginary part: its multipliers of the rows two and one above it, the
   *  reciprocal of its pivot, and its entries one and two to the right of it over the pivot. */
  readonly #rows: Float64Array;
  #pivoted: ComplexBandedLu | undefined;
  #isPivoted = false;

  constructor(n: number, band: Band) {
    this.#n = n;
    this.#band = band;
    this.#source = new Float64Array(5 * n + 2 * PADDING);
    this.#rows = new Float64Array(10 * n);
  }

  factor(jacobian: Float64Array, re: number, im: number): boolean {
    padBand(jacobian, this.#band, this.#n, this.#source);
    this.#isPivoted = !this.#eliminate(re, im);
    if (!this.#isPivoted) return true;
    this.#pivoted ??= new ComplexBandedLu(this.#n, this.#band);
    return this.#pivoted.factor(jacobian, re, im);
  }

  /** False where a multiplier is above 1, or not a number. */
  #eliminate(re: number, im: number): boolean {
    const source = this.#source;
    const rows = this.#rows;
    const end = rows.length;
    // Of the row above (1) and the one above that (2): the reciprocal of the pivot p, and u and v one and two
    // to its right.
    let p1r = 0;
    let p1i = 0;
    let u1r = 0;
    let u1i = 0;
    let v1r = 0;
    let v1i = 0;
    let p2r = 0;
    let p2i = 0;
    let u2r = 0;
    let u2i = 0;
    let v2r = 0;
    let v2i = 0;
    let largest = 0;
    for (let at = 0, from = PADDING + 2; at < end; at += 10, from += 5) {
      const two = -source[from - 8]!;
      const oner = -source[from - 4]! - two * u2r;
      const onei = -two * u2i;
      const dr = re - source[from]! - two * v2r - (oner * u1r - onei * u1i);
      const di = im - two * v2i - (oner * u1i + onei * u1r);
      const inverse = 1 / (dr * dr + di * di);
      const twor = two * p2r;
      const twoi = two * p2i;
      const mr = oner * p1r - onei * p1i;
      const mi = oner * p1i + onei * p1r;
      rows[at] = twor;
      rows[at + 1] = twoi;
      rows[at + 2] = mr;
      rows[at + 3] = mi;
      largest = Math.max(largest, Math.abs(mr) + Math.abs(mi), Math.abs(twor) + Math.abs(twoi));
      const cr = -source[from + 4]! - (oner * v1r - onei * v1i);
      const ci = -(oner * v1i + onei * v1r);
      const e = -source[from + 8]!;
      p2r = p1r;
      p2i = p1i;
      u2r = u1r;
      u2i = u1i;
      v2r = v1r;
      v2i = v1i;
      p1r = dr * inverse;
      p1i = -di * inverse;
      u1r = cr * p1r - ci * p1i;
      u1i = cr * p1i + ci * p1r;
      v1r = e * p1r;
      v1i = e * p1i;
      rows[at + 4] = p1r;
      rows[at + 5] = p1i;
      rows[at + 6] = u1r;
      rows[at + 7] = u1i;
      rows[at + 8] = v1r;
      rows[at + 9] = v1i;
    }
    // A little above 1, since moduli are compared as |re| + |im|. The last pivot has no multiplier below it
    // that would show it.
    return largest <= 2 && Number.isFinite(p1r + p1i);
  }

  solve(re: Float64Array, im: Float64Array): void {
    if (this.#isPivoted) {
      this.#pivoted!.solve(re, im);
      return;
    }
    const rows = this.#rows;
    const n = this.#n;
    let r1 = 0;
    let i1 = 0;
    let r2 = 0;
    let i2 = 0;
    for (let k = 0, at = 0; k < n; k++, at += 10) {
      const twor = rows[at]!;
      const twoi = rows[at + 1]!;
      const oner = rows[at + 2]!;
      const onei = rows[at + 3]!;
      const r = re[k]! - (twor * r2 - twoi * i2) - (oner * r1 - onei * i1);
      const i = im[k]! - (twor * i2 + twoi * r2) - (oner * i1 + onei * r1);
      re[k] = r;
      im[k] = i;
      r2 = r1;
      i2 = i1;
      r1 = r;
      i1 = i;
    }
    r1 = 0;
    i1 = 0;
    r2 = 0;
    i2 = 0;
    for (let k = n - 1, at = 10 * k; k >= 0; k--, at -= 10) {
      const pr = rows[at + 4]!;
      const pi = rows[at + 5]!;
      const ur = rows[at + 6]!;
      const ui = rows[at + 7]!;
      const vr = rows[at + 8]!;
      const vi = rows[at + 9]!;
      const br = re[k]!;
      const bi = im[k]!;
      const r = br * pr - bi * pi - (vr * r2 - vi * i2) - (ur * r1 - ui * i1);
      const i = br * pi + bi * pr - (vr * i2 + vi * r2) - (ur * i1 + ui * r1);
      re[k] = r;
      im[k] = i;
      r2 = r1;
      i2 = i1;
      r1 = r;
      i1 = i;
    }
  }
}
