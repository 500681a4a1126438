import { type ButcherTableau, isStifflyAccurate, type Splitting } from "./butcher.ts";

type Matrix = readonly (readonly number[])[];

/** A collocation method with two or three stages, diagonalised. With z = h A k, k = A^-1 z / h. */
export interface CollocationTableau extends Splitting {
  readonly c: readonly number[];
  readonly inverseT: Matrix;
  /** y_new = y + end . z. */
  readonly end: readonly number[];
  /** Rows x, x^2, ... of the polynomial through (0, 0) and (c_i, z_i). */
  readonly interpolation: Matrix;
}

export function collocationTableau(tableau: ButcherTableau): CollocationTableau {
  const { a, b, c, split } = tableau;
  const inverse = inverted(a);
  return {
    ...split!,
    c,
    inverseT: inverted(split!.t),
    end: isStifflyAccurate(tableau)
      ? c.map((_, i) => Number(i === c.length - 1))
      : c.map((_, j) => b.reduce((sum, x, k) => sum + x * inverse[k]![j]!, 0)),
    interpolation: inverted(c.map((x) => c.map((_, m) => x ** (m + 1)))),
  };
}

/** Gauss-Jordan elimination. */
function inverted(m: Matrix): Matrix {
  const s = m.length;
  const rows = m.map((row, i) => [...row, ...m.map((_, j) => Number(i === j))]);
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
