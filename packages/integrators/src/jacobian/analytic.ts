import { misuse } from "../errors.ts";
import type { Matrix } from "../matrix/matrix.ts";
import type { SparsePattern } from "../matrix/pattern.ts";
import type { OdeProblem } from "../problem.ts";
import type { JacobianForm } from "./form.ts";

/** Writes a problem's `jacobian` or `sparseJacobian` into matrices of its form. */
export class AnalyticJacobian {
  readonly #problem: OdeProblem;
  readonly #form: JacobianForm;
  /** The array that the callback writes, if not the matrix itself. */
  #scratch: Float64Array | undefined;
  /** The place of each entry that a `sparseJacobian` writes. */
  #places: Int32Array | undefined;

  constructor(problem: OdeProblem, form: JacobianForm) {
    this.#problem = problem;
    this.#form = form;
  }

  write(t: number, y: Float64Array, p: Float64Array, jac: Matrix): void {
    const { sparsity, sparseJacobian } = this.#problem;
    const { n, values } = jac;
    if (sparsity === undefined) {
      this.#call(t, y, values.fill(0), p);
      return;
    }
    if (sparseJacobian === undefined) {
      const first = this.#scratch === undefined;
      this.#scratch ??= new Float64Array(n * n);
      const scratch = this.#scratch.fill(0);
      this.#call(t, y, scratch, p);
      if (first) checkPattern(this.#form.declared!, scratch);
      jac.forEachEntry((i, j, at) => {
        values[at] = scratch[i + n * j]!;
      });
      return;
    }
    this.#places ??= Int32Array.from(sparsity.flatMap((rows, j) => rows.map((i) => jac.index(i, j))));
    const places = this.#places;
    this.#scratch ??= new Float64Array(places.length);
    const scratch = this.#scratch.fill(0);
    this.#call(t, y, scratch, p);
    for (let e = 0; e < places.length; e++) values[places[e]!] = scratch[e]!;
  }

  #call(t: number, y: Float64Array, out: Float64Array, p: Float64Array): void {
    const name = this.#problem.jacobian === undefined ? "sparseJacobian" : "jacobian";
    const returned: unknown = this.#problem[name]!(t, y, out, p);
    if (returned === out || typeof returned !== "object" || returned === null) return;
    throw misuse(
      "bad_field",
      `${name} returned a value, expected it to write into its third argument, column by column`,
    );
  }
}

/** An entry outside the declared pattern would be ignored in silence. */
function checkPattern(declared: SparsePattern, dense: Float64Array): void {
  const { n } = declared;
  const e = dense.findIndex((x, at) => x !== 0 && declared.find(at % n, Math.floor(at / n)) < 0);
  if (e < 0) return;
  const [i, j] = [e % n, Math.floor(e / n)];
  throw misuse(
    "bad_sparsity",
    `jacobian writes ${dense[e]} at row ${i}, column ${j}, where sparsity[${j}] says that it is zero`,
  );
}
