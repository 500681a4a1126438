import { type Condensation, condensationFor } from "./condensation.ts";
import { DenseLu } from "./dense-lu.ts";
import type { RealLu } from "./factorisation.ts";

/** What a condensed matrix keeps beside its factors. */
interface Parts {
  readonly lu: DenseLu;
  /** Reciprocals of the pivots of the eliminated rows. */
  readonly inverse: Float64Array;
  /** The other entries of those rows. */
  readonly values: Float64Array;
  /** J's columns of the eliminated unknowns in the rows of the kept ones. */
  readonly columns: Float64Array;
  readonly right: Float64Array;
  readonly scaled: Float64Array;
}

/** LU of shift I - J of a dense J, most of it of the Schur complement that is left when unknowns with few
 *  entries in their rows are eliminated: of a second-order system of n / 2 positions an eighth of the
 *  products of a factorisation, and half of those of a solve. Where a J has no such rows, all of it.
 *  @see Hairer and Wanner, Solving Ordinary Differential Equations II, IV.8, on y'' = f */
export class CondensedLu implements RealLu {
  readonly #n: number;
  #plan: Condensation | undefined;
  #parts: Parts | undefined;
  #full: DenseLu | undefined;
  #isCondensed = false;

  constructor(n: number) {
    this.#n = n;
  }

  factor(jacobian: Float64Array, shift: number): boolean {
    const n = this.#n;
    const plan = condensationFor(jacobian, n, this.#plan);
    if (plan !== this.#plan) {
      this.#plan = plan;
      this.#parts = plan && makeParts(plan);
    }
    this.#isCondensed = plan !== undefined && this.#eliminate(plan, jacobian, shift);
    if (this.#isCondensed) return this.#parts!.lu.eliminate();
    this.#full ??= new DenseLu(n);
    return this.#full.factor(jacobian, shift);
  }

  /** False where a pivot has lost digits to a difference. */
  #eliminate({ eliminated, kept, from, to }: Condensation, jacobian: Float64Array, shift: number): boolean {
    const n = this.#n;
    const { lu, inverse, values, columns } = this.#parts!;
    const m = kept.length;
    for (let s = 0, at = 0; s < eliminated.length; s++) {
      const i = eliminated[s]!;
      const pivot = shift - jacobian[i * (n + 1)]!;
      if (!(pivot !== 0 && Math.abs(pivot) >= Math.abs(shift))) return false;
      inverse[s] = 1 / pivot;
      for (let r = 0; r < m; r++, at++) columns[at] = jacobian[kept[r]! + n * i]!;
    }
    const { a } = lu;
    for (let c = 0, at = 0; c < m; c++) {
      const col = n * kept[c]!;
      for (let r = 0; r < m; r++, at++) a[at] = -jacobian[kept[r]! + col]!;
      a[c * (m + 1)] = a[c * (m + 1)]! + shift;
    }
    for (let e = 0; e < from.length; e++) {
      const s = from[e]!;
      const value = jacobian[eliminated[s]! + n * kept[to[e]!]!]!;
      values[e] = value;
      const factor = value * inverse[s]!;
      const col = m * to[e]!;
      for (let r = 0, at = m * s; r < m; r++, at++) a[col + r] = a[col + r]! - factor * columns[at]!;
    }
    return true;
  }

  solve(b: Float64Array): void {
    if (!this.#isCondensed) {
      this.#full!.solve(b);
      return;
    }
    const { eliminated, kept, from, to } = this.#plan!;
    const { lu, inverse, values, columns, right, scaled } = this.#parts!;
    for (let s = 0; s < eliminated.length; s++) scaled[s] = b[eliminated[s]!]! * inverse[s]!;
    for (let r = 0; r < kept.length; r++) right[r] = b[kept[r]!]!;
    addColumns(columns, scaled, right);
    lu.solve(right);
    for (let r = 0; r < kept.length; r++) b[kept[r]!] = right[r]!;
    for (let e = 0; e < from.length; e++) {
      const i = eliminated[from[e]!]!;
      b[i] = b[i]! + values[e]! * right[to[e]!]!;
    }
    for (let s = 0; s < eliminated.length; s++) b[eliminated[s]!]! *= inverse[s]!;
  }

  solveTransposed(b: Float64Array): void {
    if (!this.#isCondensed) {
      this.#full!.solveTransposed(b);
      return;
    }
    const { eliminated, kept, from, to } = this.#plan!;
    const { lu, inverse, values, columns, right } = this.#parts!;
    const m = kept.length;
    for (let r = 0; r < m; r++) right[r] = b[kept[r]!]!;
    for (let e = 0; e < from.length; e++) {
      const s = from[e]!;
      right[to[e]!]! += values[e]! * inverse[s]! * b[eliminated[s]!]!;
    }
    lu.solveTransposed(right);
    for (let r = 0; r < m; r++) b[kept[r]!] = right[r]!;
    for (let s = 0, at = 0; s < eliminated.length; s++) {
      let sum = b[eliminated[s]!]!;
      for (let r = 0; r < m; r++, at++) sum += columns[at]! * right[r]!;
      b[eliminated[s]!] = sum * inverse[s]!;
    }
  }
}

function makeParts({ eliminated, kept, from }: Condensation): Parts {
  const count = eliminated.length;
  const m = kept.length;
  return {
    lu: new DenseLu(m),
    inverse: new Float64Array(count),
    values: new Float64Array(from.length),
    columns: new Float64Array(m * count),
    right: new Float64Array(m),
    scaled: new Float64Array(count),
  };
}

/** out += columns x: four at a time, one store for four products. */
export function addColumns(columns: Float64Array, x: Float64Array, out: Float64Array): void {
  const m = out.length;
  let s = 0;
  for (; s + 3 < x.length; s += 4) {
    const l0 = s * m;
    const l1 = l0 + m;
    const l2 = l1 + m;
    const l3 = l2 + m;
    const x0 = x[s]!;
    const x1 = x[s + 1]!;
    const x2 = x[s + 2]!;
    const x3 = x[s + 3]!;
    for (let r = 0; r < m; r++) {
      out[r] =
        out[r]! +
        (x0 * columns[l0 + r]! + x1 * columns[l1 + r]! + x2 * columns[l2 + r]! + x3 * columns[l3 + r]!);
    }
  }
  for (; s < x.length; s++) {
    for (let r = 0, at = s * m; r < m; r++, at++) out[r] = out[r]! + x[s]! * columns[at]!;
  }
}
