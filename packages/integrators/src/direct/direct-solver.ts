import { misuse } from "../errors.ts";
import type { ShiftedSolver } from "../jacobian/linearisation.ts";
import type { ColumnMatrix } from "../matrix/column-matrix.ts";
import type { MassMatrix } from "../matrix/mass-matrix.ts";
import type { Form, Matrix, Places } from "../matrix/matrix.ts";
import type { SparseMatrix } from "../matrix/sparse-matrix.ts";
import { BandedLu } from "./banded-lu.ts";
import { DenseLu } from "./dense-lu.ts";
import type { Factorisation } from "./factorisation.ts";
import { SparseLu } from "./sparse-lu.ts";

const factorisations: Readonly<Record<Form, (matrix: Matrix) => Factorisation>> = {
  dense: ({ n }) => new DenseLu(n),
  banded: (matrix) => new BandedLu(matrix.n, matrix as ColumnMatrix),
  sparse: (matrix) => new SparseLu((matrix as SparseMatrix).pattern),
};

export function factorisationOf(matrix: Matrix): Factorisation {
  return factorisations[matrix.form](matrix);
}

interface MassEntries extends Places {
  readonly values: Float64Array;
}

/** Without M they are the entries of the identity. */
export function massEntries(n: number, mass: MassMatrix | undefined): MassEntries {
  if (mass !== undefined) return mass;
  const all = Int32Array.from({ length: n }, (_, i) => i);
  return { rows: all, columns: all, values: new Float64Array(n).fill(1) };
}

/** Solves (shift M - J) x = b. */
export class DirectSolver implements ShiftedSolver {
  readonly #jac: Matrix;
  readonly #work: Matrix;
  readonly #lu: Factorisation;
  readonly #mass: Float64Array;
  readonly #places: Int32Array;

  constructor(jac: Matrix, mass: MassMatrix | undefined) {
    const { rows, columns, values } = massEntries(jac.n, mass);
    this.#jac = jac;
    this.#work = jac.like();
    this.#lu = factorisationOf(jac);
    this.#mass = values;
    this.#places = Int32Array.from(values, (_, e) => {
      const at = jac.index(rows[e]!, columns[e]!);
      if (at >= 0) return at;
      throw misuse(
        "bad_sparsity",
        `mass has an entry at row ${rows[e]}, column ${columns[e]}, outside the pattern of the Jacobian`,
      );
    });
  }

  factor(shift: number): boolean {
    const work = this.#work.values;
    const places = this.#places;
    const mass = this.#mass;
    const from = this.#jac.values;
    for (let e = 0; e < work.length; e++) work[e] = -from[e]!;
    for (let e = 0; e < places.length; e++) work[places[e]!] = work[places[e]!]! + shift * mass[e]!;
    return this.#lu.factor(work);
  }

  solve(b: Float64Array): boolean {
    this.#lu.solve(b);
    return true;
  }

  /** b becomes (shift M - J)^-T b. */
  solveTransposed(b: Float64Array): void {
    this.#lu.solveTransposed(b);
  }
}
