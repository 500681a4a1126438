import type { MassMatrix } from "../matrix/mass-matrix.ts";
import type { Matrix } from "../matrix/matrix.ts";
import { factorisationOf, massEntries } from "./direct-solver.ts";
import type { Factorisation } from "./factorisation.ts";

/** Solves ((re + i im) M - J) x = b for a real J. The real system has twice the size: the imaginary
 *  part of each unknown follows its real part. */
export class ComplexDirectSolver {
  readonly #jac: Matrix;
  readonly #work: Matrix;
  readonly #lu: Factorisation;
  readonly #right: Float64Array;
  /** Each entry of J: its place there, and two in the doubled matrix. */
  readonly #entries: Int32Array;
  /** Entries of M, and the four places of each: (i, j), (i + 1, j + 1), (i, j + 1), (i + 1, j). */
  readonly #mass: Float64Array;
  readonly #places: Int32Array;

  constructor(jac: Matrix, mass: MassMatrix | undefined) {
    const coupled = massEntries(jac.n, mass);
    const doubled = jac.doubled(coupled);
    this.#jac = jac;
    this.#work = doubled;
    this.#lu = factorisationOf(doubled);
    this.#right = new Float64Array(doubled.n);
    let e = 0;
    // A list that grows would end the process where a full matrix of some thousand unknowns is too much.
    const entries = new Int32Array(3 * jac.values.length);
    jac.forEachEntry((i, j, at) => {
      entries[e++] = at;
      entries[e++] = doubled.index(2 * i, 2 * j);
      entries[e++] = doubled.index(2 * i + 1, 2 * j + 1);
    });
    this.#entries = entries.subarray(0, e);
    this.#mass = coupled.values;
    this.#places = new Int32Array(4 * coupled.values.length);
    for (let k = 0; k < coupled.values.length; k++) {
      const [i, j] = [2 * coupled.rows[k]!, 2 * coupled.columns[k]!];
      const four = [doubled.index(i, j), doubled.index(i + 1, j + 1)];
      this.#places.set([...four, doubled.index(i, j + 1), doubled.index(i + 1, j)], 4 * k);
    }
  }

  /** False when the matrix is singular or not finite. */
  factor(re: number, im: number): boolean {
    const work = this.#work.values.fill(0);
    const entries = this.#entries;
    const from = this.#jac.values;
    for (let e = 0; e < entries.length; e += 3) {
      const value = -from[entries[e]!]!;
      work[entries[e + 1]!] = value;
      work[entries[e + 2]!] = value;
    }
    const mass = this.#mass;
    const at = this.#places;
    for (let e = 0; e < mass.length; e++) {
      const m = mass[e]!;
      work[at[4 * e]!] = work[at[4 * e]!]! + re * m;
      work[at[4 * e + 1]!] = work[at[4 * e + 1]!]! + re * m;
      work[at[4 * e + 2]!] = -im * m;
      work[at[4 * e + 3]!] = im * m;
    }
    return this.#lu.factor(work);
  }

  /** The right-hand side, in two parts, becomes the solution. */
  solve(re: Float64Array, im: Float64Array): void {
    const b = this.#right;
    for (let i = 0; i < re.length; i++) {
      b[2 * i] = re[i]!;
      b[2 * i + 1] = im[i]!;
    }
    this.#lu.solve(b);
    for (let i = 0; i < re.length; i++) {
      re[i] = b[2 * i]!;
      im[i] = b[2 * i + 1]!;
    }
  }
}
