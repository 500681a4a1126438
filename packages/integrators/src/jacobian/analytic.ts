import { misuse } from "../errors.ts";
import type { Matrix } from "../matrix/matrix.ts";
import type { SparsePattern } from "../matrix/pattern.ts";
import type { OdeProblem } from "../problem.ts";
import type { JacobianForm } from "./form.ts";

/** Writes a problem's `jacobian` or `sparseJacobian` into matrices of its form. */
export class AnalyticJacobian {
  readonly #problem: OdeProblem;
  readonly #form: JacobianForm;
  /** The array that the callback writes, and the places of each listed entry in it and in the matrix.
   *  Undefined if the callback writes into the matrix itself. */
  #scratch: Float64Array | undefined;
  #sources = new Int32Array(0);
  #places = new Int32Array(0);

  constructor(problem: OdeProblem, form: JacobianForm) {
    this.#problem = problem;
    this.#form = form;
  }

  write(t: number, y: Float64Array, p: Float64Array, jac: Matrix): void {
    const { sparsity, sparseJacobian } = this.#problem;
    if (sparsity === undefined) {
      this.#call(t, y, jac.values.fill(0), p);
      return;
    }
    const first = this.#scratch === undefined;
    if (this.#scratch === undefined) this.#prepare(sparsity, jac);
    const scratch = this.#scratch!;
    this.#call(t, y, scratch.fill(0), p);
    if (first && sparseJacobian === undefined) checkPattern(this.#form.declared!, scratch);
    const sources = this.#sources;
    const places = this.#places;
    for (let e = 0; e < places.length; e++) jac.values[places[e]!] = scratch[sources[e]!]!;
  }

  /** Entries in the order of the lists, which is that of a `sparseJacobian`; a `jacobian` is dense. */
  #prepare(sparsity: readonly (readonly number[])[], jac: Matrix): void {
    const places = sparsity.flatMap((rows, j) => rows.map((i) => jac.index(i, j)));
    const listed = this.#problem.sparseJacobian !== undefined;
    const { n } = jac;
    const sources = listed
      ? places.map((_, e) => e)
      : sparsity.flatMap((rows, j) => rows.map((i) => i + n * j));
    this.#scratch = new Float64Array(listed ? places.length : n * n);
    this.#places = Int32Array.from(places);
    this.#sources = Int32Array.from(sources);
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
