import { eliminationOf } from "../direct/minimum-degree.ts";
import { bandOf, bandPattern, colourColumns } from "../matrix/colouring.ts";
import { ColumnMatrix } from "../matrix/column-matrix.ts";
import type { MassMatrix } from "../matrix/mass-matrix.ts";
import type { Matrix } from "../matrix/matrix.ts";
import { patternOf, patternOfEntries, type SparsePattern } from "../matrix/pattern.ts";
import { SparseMatrix } from "../matrix/sparse-matrix.ts";
import { memoised } from "../memoised.ts";
import type { Band, OdeProblem } from "../problem.ts";

/** How the Jacobian of a problem is kept and differenced: decided once. */
export interface JacobianForm {
  newMatrix(): Matrix;
  /** Entries that may not be zero; undefined: all. */
  readonly declared: SparsePattern | undefined;
  /** Groups of columns that share no row; undefined: one column at a time. */
  readonly groups: readonly (readonly number[])[] | undefined;
}

export function jacobianForm(
  { band, sparsity }: OdeProblem,
  n: number,
  mass: MassMatrix | undefined,
): JacobianForm {
  if (band === undefined && sparsity === undefined) {
    return { newMatrix: () => new ColumnMatrix(n), declared: undefined, groups: undefined };
  }
  const declared = band ? bandPattern(n, band.lower, band.upper) : patternOf(sparsity!);
  return {
    newMatrix: band ? () => new ColumnMatrix(n, band) : matrixFor(withDiagonal(declared, mass)),
    declared,
    // Made where differences are taken.
    get groups() {
      return colourColumns(declared);
    },
  };
}

const completed = /* @__PURE__ */ memoised((declared: SparsePattern) => declared.union(declared, true));

/** The entries that are eliminated. */
function withDiagonal(declared: SparsePattern, mass: MassMatrix | undefined): SparsePattern {
  if (mass === undefined) return completed(declared);
  return declared.union(patternOfEntries(mass.n, mass.rows, mass.columns), true);
}

/** The form of matrix that makes the elimination of a pattern fastest. */
export function matrixFor(pattern: SparsePattern): () => Matrix {
  const band = bandOf(pattern);
  if (bandPays(pattern, band)) return () => new ColumnMatrix(pattern.n, band);
  if (sparsePays(pattern)) return () => new SparseMatrix(pattern);
  return () => new ColumnMatrix(pattern.n);
}

/** A band of up to so many diagonals on a side is always eliminated as a band. For a wider one the products
 *  are counted. A product of a sparse elimination takes about twice the time. */
const NARROW = 8;
const PRICE = 2;

function bandPays(pattern: SparsePattern, { lower, upper }: Band): boolean {
  const { n } = pattern;
  // A factor is lower + upper wide above the diagonal: it has to be well below half of the matrix.
  if (3 * (2 * lower + upper + 1) >= n) return false;
  if (Math.max(lower, upper) <= NARROW) return true;
  return n * (lower + 1) * (lower + upper + 1) < PRICE * eliminationOf(pattern).products;
}

/** Whether a pattern, with what its elimination adds to it, leaves out enough of the matrix. */
function sparsePays(pattern: SparsePattern): boolean {
  const { n } = pattern;
  return n >= 10 && 2 * pattern.size < n * n && 2 * eliminationOf(pattern).entries < n * n;
}
