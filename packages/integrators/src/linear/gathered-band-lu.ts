import type { Band } from "../problem.ts";
import { BandedLu } from "./banded-lu.ts";
import type { RealLu } from "./factorisation.ts";
import { isPentadiagonal } from "./pentadiagonal.ts";
import { PentadiagonalLu } from "./pentadiagonal-lu.ts";
import type { SparsePattern } from "./sparse-pattern.ts";

/** LU by a band. */
export function bandLu(n: number, band: Band): RealLu {
  return isPentadiagonal(n, band) ? new PentadiagonalLu(n, band) : new BandedLu(n, band);
}

/** LU of shift I - J for a J whose entries lie in a narrow band, and are kept elsewhere: they are gathered
 *  first. */
export class GatheredBandLu implements RealLu {
  readonly #lu: RealLu;
  readonly #sources: Int32Array | undefined;
  readonly #places: Int32Array;
  readonly #band: Float64Array;

  /** @param sources where the entries of the pattern are in J, unless one after another */
  constructor({ n, starts, rows }: SparsePattern, band: Band, sources: Int32Array | undefined) {
    const width = band.lower + band.upper + 1;
    this.#lu = bandLu(n, band);
    this.#sources = sources;
    this.#places = new Int32Array(rows.length);
    this.#band = new Float64Array(width * n);
    for (let j = 0; j < n; j++) {
      for (let e = starts[j]!; e < starts[j + 1]!; e++) {
        this.#places[e] = band.upper + rows[e]! - j + width * j;
      }
    }
  }

  factor(jacobian: Float64Array, shift: number): boolean {
    const band = this.#band;
    const sources = this.#sources;
    const places = this.#places;
    for (let e = 0; e < places.length; e++) {
      band[places[e]!] = jacobian[sources === undefined ? e : sources[e]!]!;
    }
    return this.#lu.factor(band, shift);
  }

  solve(b: Float64Array): void {
    this.#lu.solve(b);
  }

  solveTransposed(b: Float64Array): void {
    this.#lu.solveTransposed(b);
  }
}
