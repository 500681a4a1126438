import { IntegratorError } from "../errors.ts";
import type { Band, OdeProblem } from "../problem.ts";
import { bandOf, bandPattern, colourColumns } from "./colouring.ts";

/** How a Jacobian is stored and differenced: decided once for a problem. */
export interface JacobianLayout {
  readonly band: Band | undefined;
  /** Entries of the storage. */
  readonly size: number;
  /** Column groups for finite differences; undefined means one column at a time, all rows. */
  readonly groups: readonly (readonly number[])[] | undefined;
  /** Rows of each column; undefined means all of them, or those of the band. */
  readonly rows: readonly (readonly number[])[] | undefined;
  /** Where entry (i, j) of the Jacobian is stored. */
  index(i: number, j: number): number;
}

export function jacobianLayout(problem: OdeProblem, n: number): JacobianLayout {
  const { sparsity } = problem;
  let { band } = problem;
  if (band !== undefined) requireBand(band, n);
  let rows: readonly (readonly number[])[] | undefined;
  if (sparsity !== undefined) {
    requirePattern(problem, n);
    rows = sparsity;
    const narrow = bandOf(sparsity);
    // A band pays when its factor, lower + upper wide above the diagonal, is well below half of the matrix.
    // An analytic Jacobian writes a full one unless a band is given.
    if (problem.jacobian === undefined && 3 * (2 * narrow.lower + narrow.upper + 1) < n) band = narrow;
  } else if (band !== undefined && problem.jacobian === undefined) {
    rows = bandPattern(n, band.lower, band.upper);
  }
  const groups = rows === undefined || problem.jacobian !== undefined ? undefined : colourColumns(rows, n);
  if (band === undefined) return { band, size: n * n, groups, rows, index: (i, j) => i + n * j };
  const { upper } = band;
  const width = band.lower + upper + 1;
  return { band, size: width * n, groups, rows, index: (i, j) => upper + i - j + width * j };
}

const masks = new WeakMap<object, Uint8Array>();

/** 1 at i + n j where column j may have an entry in row i; made once for a pattern. */
export function patternMask(n: number, rows: readonly (readonly number[])[]): Uint8Array {
  let mask = masks.get(rows);
  if (mask === undefined) {
    const fresh = new Uint8Array(n * n);
    rows.forEach((column, j) => {
      for (const i of column) fresh[i + n * j] = 1;
    });
    masks.set(rows, fresh);
    mask = fresh;
  }
  return mask;
}

function requireBand(band: Band, n: number): void {
  for (const side of ["lower", "upper"] as const) {
    const width = band[side];
    if (!Number.isInteger(width) || width < 0 || width > Math.max(0, n - 1)) {
      throw new IntegratorError(`band.${side} is ${width}, expected an integer from 0 to ${n - 1}`, {
        code: "bad_band",
      });
    }
  }
}

function requirePattern(problem: OdeProblem, n: number): void {
  const sparsity = problem.sparsity!;
  if (problem.band !== undefined) {
    throw new IntegratorError("sparsity and band both say where the Jacobian is zero, leave one out", {
      code: "bad_sparsity",
    });
  }
  if (sparsity.length !== n) {
    throw new IntegratorError(`sparsity has ${sparsity.length} columns, expected ${n} (the unknowns)`, {
      code: "bad_sparsity",
    });
  }
  sparsity.forEach((rows, j) => {
    if (typeof rows !== "object") {
      throw new IntegratorError(
        `sparsity[${j}] is ${String(rows)}, expected a list of the rows of column ${j}`,
        {
          code: "bad_sparsity",
        },
      );
    }
    for (const i of rows) {
      if (!Number.isInteger(i) || i < 0 || i >= n) {
        throw new IntegratorError(`sparsity[${j}] names row ${i}, expected integers from 0 to ${n - 1}`, {
          code: "bad_sparsity",
        });
      }
    }
  });
}
