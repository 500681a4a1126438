import { bandPattern } from "../jacobian/colouring.ts";
import type { JacobianLayout } from "../jacobian/layout.ts";
import type { Band } from "../problem.ts";
import { BandedLu } from "./banded-lu.ts";
import { DenseLu } from "./dense-lu.ts";
import type { ComplexLu, RealLu } from "./factorisation.ts";
import { FrontalLu } from "./frontal-lu.ts";
import { GuardedLu } from "./guarded-lu.ts";
import type { MassMatrix } from "./mass-matrix.ts";
import { PivotingLu } from "./pivoting-lu.ts";
import { patternOfEntries, type SparsePattern } from "./sparse-pattern.ts";

/** LU of (re + i im) M - J for a real J: as a real matrix of twice the size, in which each unknown is
 *  followed by its imaginary part. */
export class ComplexByReal implements ComplexLu {
  readonly #lu: RealLu;
  readonly #values: Float64Array;
  readonly #right: Float64Array;
  /** Where entry e of J is stored, and its two places in the doubled matrix. */
  readonly #sources: Int32Array;
  readonly #places: Int32Array;
  /** Entries of M, and the four places of each: (i, j), (i + 1, j + 1), (i, j + 1), (i + 1, j). */
  readonly #mass: Float64Array;
  readonly #massPlaces: Int32Array;

  constructor(n: number, layout: JacobianLayout, mass: MassMatrix | undefined) {
    const own = layout.eliminated ?? (layout.band && bandPattern(n, layout.band.lower, layout.band.upper));
    const identity = Array.from({ length: n }, (_, i) => i);
    const { rows: massRows, columns: massColumns } = mass ?? { rows: identity, columns: identity };
    this.#mass = mass?.values ?? new Float64Array(n).fill(1);
    const doubled = doubledMatrix(n, layout, own, massRows, massColumns);
    this.#lu = doubled.lu;
    this.#values = new Float64Array(doubled.size);
    this.#right = new Float64Array(2 * n);
    const sources: number[] = [];
    const places: number[] = [];
    const add = (i: number, j: number, at: number) => {
      sources.push(at);
      places.push(doubled.index(2 * i, 2 * j), doubled.index(2 * i + 1, 2 * j + 1));
    };
    for (let j = 0; j < n; j++) {
      if (own === undefined) for (let i = 0; i < n; i++) add(i, j, layout.index(i, j));
      else
        for (let e = own.starts[j]!; e < own.starts[j + 1]!; e++)
          add(own.rows[e]!, j, layout.index(own.rows[e]!, j));
    }
    this.#sources = Int32Array.from(sources);
    this.#places = Int32Array.from(places);
    this.#massPlaces = Int32Array.from(
      massRows.flatMap((row, e) => {
        const [i, j] = [2 * row, 2 * massColumns[e]!];
        return [
          doubled.index(i, j),
          doubled.index(i + 1, j + 1),
          doubled.index(i, j + 1),
          doubled.index(i + 1, j),
        ];
      }),
    );
  }

  factor(jacobian: Float64Array, re: number, im: number): boolean {
    const values = this.#values.fill(0);
    const places = this.#places;
    const sources = this.#sources;
    for (let e = 0; e < sources.length; e++) {
      const value = jacobian[sources[e]!]!;
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

/** Solves with minus a matrix of twice the size, whose entry (i, j) is stored at `index`. */
interface Doubled {
  readonly lu: RealLu;
  readonly size: number;
  index(i: number, j: number): number;
}

function doubledMatrix(
  n: number,
  { band }: JacobianLayout,
  own: SparsePattern | undefined,
  massRows: readonly number[],
  massColumns: readonly number[],
): Doubled {
  if (own === undefined) {
    return { lu: new DenseLu(2 * n), size: 4 * n * n, index: (i, j) => i + 2 * n * j };
  }
  if (
    band !== undefined &&
    massRows.every((i, e) => i - massColumns[e]! <= band.lower && massColumns[e]! - i <= band.upper)
  ) {
    const wide: Band = { lower: Math.max(1, 2 * band.lower), upper: Math.max(1, 2 * band.upper) };
    const width = wide.lower + wide.upper + 1;
    return {
      lu: new BandedLu(2 * n, wide),
      size: 2 * n * width,
      index: (i, j) => wide.upper + i - j + width * j,
    };
  }
  const rows: number[] = [];
  const columns: number[] = [];
  for (let j = 0; j < n; j++)
    for (let e = own.starts[j]!; e < own.starts[j + 1]!; e++) {
      const i = own.rows[e]!;
      rows.push(2 * i, 2 * i + 1);
      columns.push(2 * j, 2 * j + 1);
    }
  massRows.forEach((i, e) => {
    const j = massColumns[e]!;
    rows.push(2 * i, 2 * i, 2 * i + 1, 2 * i + 1);
    columns.push(2 * j, 2 * j + 1, 2 * j, 2 * j + 1);
  });
  const one = patternOfEntries(2 * n, rows, columns);
  const pattern = one.union(one, true);
  return {
    lu: new GuardedLu(new FrontalLu(pattern), () => new PivotingLu(pattern)),
    size: pattern.size,
    index: (i, j) => pattern.find(i, j),
  };
}
