import { GrowingArray } from "../growing-array.ts";
import type { BoundsWatch } from "./bounds.ts";
import { evaluatePolynomial, type SegmentView } from "./segment-view.ts";
import type { StepSink } from "./step-sink.ts";

/** Numbers in a block of polynomials. Full blocks are never copied: one growing array takes 1.3 times as
 *  long with 400 unknowns. */
const BLOCK = 2 ** 16;

/** The solution between its first and its last time, piece by piece. */
export class DenseOutput implements StepSink {
  readonly n: number;
  readonly degree: number;
  readonly #starts = new GrowingArray();
  readonly #sizes = new GrowingArray();
  /** Rows of a piece's polynomial. */
  readonly #width: number;
  readonly #blocks: Float64Array[] = [];
  /** The first block grows from a few pieces to a block's size. */
  readonly #pieces: number;
  readonly #t0: number;
  readonly #bounds: BoundsWatch | undefined;
  #end: number;

  constructor(n: number, degree: number, t0: number, bounds?: BoundsWatch) {
    this.#bounds = bounds;
    this.n = n;
    this.degree = degree;
    this.#t0 = t0;
    this.#end = t0;
    this.#width = n * (degree + 1);
    this.#pieces = Math.max(1, Math.floor(BLOCK / this.#width));
  }

  get size(): number {
    return this.#starts.length * (this.#width + 2);
  }

  segment(view: SegmentView, end: number): void {
    const at = this.#starts.length;
    const width = this.#width;
    this.#starts.push(view.t);
    this.#sizes.push(view.h);
    const block = Math.floor(at / this.#pieces);
    const row = at % this.#pieces;
    const held = this.#blocks[block];
    if (held === undefined || row * width === held.length) {
      const rows = block > 0 ? this.#pieces : Math.min(this.#pieces, Math.max(8, 2 * row));
      const fresh = new Float64Array(rows * width);
      if (held !== undefined) fresh.set(held);
      this.#blocks[block] = fresh;
    }
    this.#blocks[block]!.set(view.form(), row * width);
    this.#end = end;
  }

  /** y(t) into `out`. A little outside of the solution, where rounding may put a stage, the nearest piece is
   *  continued. */
  evaluate(t: number, out: Float64Array): Float64Array {
    const direction = this.#end >= this.#t0 ? 1 : -1;
    const starts = this.#starts.data;
    // The last piece that starts no later than t.
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((t - starts[middle]!) * direction >= 0) low = middle;
      else high = middle - 1;
    }
    const x = (t - starts[low]!) / this.#sizes.data[low]!;
    const block = this.#blocks[Math.floor(low / this.#pieces)]!;
    evaluatePolynomial(block, (low % this.#pieces) * this.#width, this.n, this.degree, x, out);
    this.#bounds?.clamp(out);
    return out;
  }
}
