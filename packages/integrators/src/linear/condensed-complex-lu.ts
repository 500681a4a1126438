import { ComplexDenseLu } from "./complex-dense-lu.ts";
import { type Condensation, condensationFor } from "./condensation.ts";
import { addColumns } from "./condensed-lu.ts";
import type { ComplexLu } from "./factorisation.ts";

/** What a condensed matrix keeps beside its factors; the rest as in `CondensedLu`. */
interface Parts {
  readonly lu: ComplexDenseLu;
  readonly inverseRe: Float64Array;
  readonly inverseIm: Float64Array;
  readonly values: Float64Array;
  readonly columns: Float64Array;
  readonly rightRe: Float64Array;
  readonly rightIm: Float64Array;
  readonly scaledRe: Float64Array;
  readonly scaledIm: Float64Array;
}

/** `CondensedLu` of (re + i im) I - J. */
export class CondensedComplexLu implements ComplexLu {
  readonly #n: number;
  #plan: Condensation | undefined;
  #parts: Parts | undefined;
  #full: ComplexDenseLu | undefined;
  #isCondensed = false;

  constructor(n: number) {
    this.#n = n;
  }

  factor(jacobian: Float64Array, re: number, im: number): boolean {
    const n = this.#n;
    const plan = condensationFor(jacobian, n, this.#plan);
    if (plan !== this.#plan) {
      this.#plan = plan;
      this.#parts = plan && makeParts(plan);
    }
    this.#isCondensed = plan !== undefined && this.#eliminate(plan, jacobian, re, im);
    if (this.#isCondensed) return this.#parts!.lu.eliminate();
    this.#full ??= new ComplexDenseLu(n);
    return this.#full.factor(jacobian, re, im);
  }

  /** False where a pivot has lost digits to a difference. */
  #eliminate(
    { eliminated, kept, from, to }: Condensation,
    jacobian: Float64Array,
    re: number,
    im: number,
  ): boolean {
    const n = this.#n;
    const { lu, inverseRe, inverseIm, values, columns } = this.#parts!;
    const m = kept.length;
    for (let s = 0, at = 0; s < eliminated.length; s++) {
      const i = eliminated[s]!;
      const pivot = re - jacobian[i * (n + 1)]!;
      const square = pivot * pivot + im * im;
      if (!(square > 0 && square < Number.POSITIVE_INFINITY && Math.abs(pivot) >= Math.abs(re))) return false;
      inverseRe[s] = pivot / square;
      inverseIm[s] = -im / square;
      for (let r = 0; r < m; r++, at++) columns[at] = jacobian[kept[r]! + n * i]!;
    }
    const { re: ar, im: ai } = lu;
    ai.fill(0);
    for (let c = 0, at = 0; c < m; c++) {
      const col = n * kept[c]!;
      for (let r = 0; r < m; r++, at++) ar[at] = -jacobian[kept[r]! + col]!;
      ar[c * (m + 1)] = ar[c * (m + 1)]! + re;
      ai[c * (m + 1)] = im;
    }
    for (let e = 0; e < from.length; e++) {
      const s = from[e]!;
      const value = jacobian[eliminated[s]! + n * kept[to[e]!]!]!;
      values[e] = value;
      const real = value * inverseRe[s]!;
      const imaginary = value * inverseIm[s]!;
      const col = m * to[e]!;
      for (let r = 0, at = m * s; r < m; r++, at++) {
        ar[col + r] = ar[col + r]! - real * columns[at]!;
        ai[col + r] = ai[col + r]! - imaginary * columns[at]!;
      }
    }
    return true;
  }

  solve(re: Float64Array, im: Float64Array): void {
    if (!this.#isCondensed) {
      this.#full!.solve(re, im);
      return;
    }
    const { eliminated, kept, from, to } = this.#plan!;
    const { lu, inverseRe, inverseIm, values, columns, rightRe, rightIm, scaledRe, scaledIm } = this.#parts!;
    for (let s = 0; s < eliminated.length; s++) {
      const x = re[eliminated[s]!]!;
      const y = im[eliminated[s]!]!;
      scaledRe[s] = x * inverseRe[s]! - y * inverseIm[s]!;
      scaledIm[s] = x * inverseIm[s]! + y * inverseRe[s]!;
    }
    for (let r = 0; r < kept.length; r++) {
      rightRe[r] = re[kept[r]!]!;
      rightIm[r] = im[kept[r]!]!;
    }
    addColumns(columns, scaledRe, rightRe);
    addColumns(columns, scaledIm, rightIm);
    lu.solve(rightRe, rightIm);
    for (let r = 0; r < kept.length; r++) {
      re[kept[r]!] = rightRe[r]!;
      im[kept[r]!] = rightIm[r]!;
    }
    for (let e = 0; e < from.length; e++) {
      const i = eliminated[from[e]!]!;
      re[i] = re[i]! + values[e]! * rightRe[to[e]!]!;
      im[i] = im[i]! + values[e]! * rightIm[to[e]!]!;
    }
    for (let s = 0; s < eliminated.length; s++) {
      const i = eliminated[s]!;
      const x = re[i]!;
      const y = im[i]!;
      re[i] = x * inverseRe[s]! - y * inverseIm[s]!;
      im[i] = x * inverseIm[s]! + y * inverseRe[s]!;
    }
  }
}

function makeParts({ eliminated, kept, from }: Condensation): Parts {
  const count = eliminated.length;
  const m = kept.length;
  const vector = (size: number): Float64Array => new Float64Array(size);
  return {
    lu: new ComplexDenseLu(m),
    inverseRe: vector(count),
    inverseIm: vector(count),
    values: vector(from.length),
    columns: vector(m * count),
    rightRe: vector(m),
    rightIm: vector(m),
    scaledRe: vector(count),
    scaledIm: vector(count),
  };
}
