import type { ComplexLu, RealLu } from "./factorisation.ts";
import { FrontalLu } from "./frontal-lu.ts";
import { GuardedLu } from "./guarded-lu.ts";
import type { MassMatrix } from "./mass-matrix.ts";
import { PivotingLu } from "./pivoting-lu.ts";
import { patternOfEntries, type SparsePattern } from "./sparse-pattern.ts";

/** Factorises (re + i im) M - J as the real matrix of its real and imaginary parts, which take turns:
 *  twice the products of a complex elimination, and none of its code. */
export class ComplexByReal implements ComplexLu {
  readonly #lu: RealLu;
  readonly #values: Float64Array;
  readonly #right: Float64Array;
  /** Of each entry of J: where its two copies are. */
  readonly #places: Int32Array;
  /** Of each entry of M: where it is in the four blocks, and its value. */
  readonly #massPlaces: Int32Array;
  readonly #mass: Float64Array;
  /** Where entry e of the pattern is in J. */
  readonly #sources: Int32Array | undefined;

  /** @param pattern of J and M; @param sources where its entries are in J, unless one after another */
  constructor(pattern: SparsePattern, sources: Int32Array | undefined, mass: MassMatrix | undefined) {
    const { n, starts, rows } = pattern;
    const identity = Int32Array.from({ length: n }, (_, i) => i);
    const massRows = mass?.rows ?? identity;
    const massColumns = mass?.columns ?? identity;
    this.#mass = mass?.values ?? new Float64Array(n).fill(1);
    const count = this.#mass.length;
    const columnOf = new Int32Array(rows.length);
    for (let j = 0; j < n; j++) columnOf.fill(j, starts[j]!, starts[j + 1]!);
    const inRows: number[] = [];
    const inColumns: number[] = [];
    const put = (i: number, j: number): void => {
      inRows.push(i);
      inColumns.push(j);
    };
    for (let e = 0; e < rows.length; e++) {
      put(2 * rows[e]!, 2 * columnOf[e]!);
      put(2 * rows[e]! + 1, 2 * columnOf[e]! + 1);
    }
    for (let e = 0; e < count; e++) {
      put(2 * massRows[e]!, 2 * massColumns[e]! + 1);
      put(2 * massRows[e]! + 1, 2 * massColumns[e]!);
    }
    const doubled = patternOfEntries(2 * n, inRows, inColumns).union(emptyPattern(2 * n), true);
    this.#places = new Int32Array(2 * rows.length);
    for (let e = 0; e < rows.length; e++) {
      this.#places[2 * e] = doubled.find(2 * rows[e]!, 2 * columnOf[e]!);
      this.#places[2 * e + 1] = doubled.find(2 * rows[e]! + 1, 2 * columnOf[e]! + 1);
    }
    this.#massPlaces = new Int32Array(4 * count);
    for (let e = 0; e < count; e++) {
      const i = 2 * massRows[e]!;
      const j = 2 * massColumns[e]!;
      this.#massPlaces.set(
        [doubled.find(i, j), doubled.find(i + 1, j + 1), doubled.find(i, j + 1), doubled.find(i + 1, j)],
        4 * e,
      );
    }
    this.#sources = sources;
    this.#values = new Float64Array(doubled.size);
    this.#right = new Float64Array(2 * n);
    this.#lu = new GuardedLu(new FrontalLu(doubled), () => new PivotingLu(doubled));
  }

  factor(jacobian: Float64Array, re: number, im: number): boolean {
    const values = this.#values.fill(0);
    const places = this.#places;
    const sources = this.#sources;
    for (let e = 0; 2 * e < places.length; e++) {
      const value = jacobian[sources === undefined ? e : sources[e]!]!;
      values[places[2 * e]!] = value;
      values[places[2 * e + 1]!] = value;
    }
    const mass = this.#mass;
    const at = this.#massPlaces;
    // 0 I - values is factorised: everything with the opposite sign.
    for (let e = 0; e < mass.length; e++) {
      const m = mass[e]!;
      values[at[4 * e]!] = values[at[4 * e]!]! - re * m;
      values[at[4 * e + 1]!] = values[at[4 * e + 1]!]! - re * m;
      values[at[4 * e + 2]!] = im * m;
      values[at[4 * e + 3]!] = -im * m;
    }
    return this.#lu.factor(values, 0);
  }

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

function emptyPattern(n: number): SparsePattern {
  return patternOfEntries(n, [], []);
}
