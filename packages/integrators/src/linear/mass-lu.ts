import { IntegratorError } from "../errors.ts";
import type { JacobianLayout } from "../jacobian/layout.ts";
import type { RealLu } from "./factorisation.ts";
import type { MassMatrix } from "./mass-matrix.ts";

/** Factorises shift M - J by what factorises -J. */
export class MassLu implements RealLu {
  readonly #inner: RealLu;
  readonly #mass: MassMatrix;
  readonly #places: Int32Array;
  readonly #work: Float64Array;

  constructor(inner: RealLu, layout: JacobianLayout, mass: MassMatrix) {
    this.#inner = inner;
    this.#mass = mass;
    this.#work = new Float64Array(layout.size);
    this.#places = Int32Array.from(mass.values, (_, e) => {
      const i = mass.rows[e]!;
      const j = mass.columns[e]!;
      const at = layout.index(i, j);
      if (at >= 0) return at;
      throw new IntegratorError(
        `mass has an entry at row ${i}, column ${j}, outside the pattern of the Jacobian`,
        { code: "bad_sparsity" },
      );
    });
  }

  factor(jacobian: Float64Array, shift: number): boolean {
    const work = this.#work;
    const places = this.#places;
    const { values } = this.#mass;
    work.set(jacobian);
    for (let e = 0; e < values.length; e++) {
      const at = places[e]!;
      work[at] = work[at]! - shift * values[e]!;
    }
    return this.#inner.factor(work, 0);
  }

  solve(b: Float64Array): void {
    this.#inner.solve(b);
  }

  solveTransposed(b: Float64Array): void {
    this.#inner.solveTransposed(b);
  }
}
