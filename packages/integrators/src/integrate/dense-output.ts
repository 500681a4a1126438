import { GrowingArray } from "../growing-array.ts";
import type { BoundsWatch } from "./bounds.ts";
import { evaluatePolynomial, type SegmentView } from "./segment-view.ts";
import type { StepSink } from "./step-sink.ts";

/** The solution between its first and its last time, piece by piece. */
export class DenseOutput implements StepSink {
  readonly n: number;
  readonly degree: number;
  readonly #starts = new GrowingArray();
  readonly #sizes = new GrowingArray();
  readonly #rows = new GrowingArray();
  readonly #t0: number;
  readonly #bounds: BoundsWatch | undefined;
  #end: number;

  constructor(n: number, degree: number, t0: number, bounds?: BoundsWatch) {
    this.#bounds = bounds;
    this.n = n;
    this.degree = degree;
    this.#t0 = t0;
    this.#end = t0;
  }

  get size(): number {
    return this.#rows.length + 2 * this.#starts.length;
  }

  segment(view: SegmentView, end: number): void {
    this.#starts.push(view.t);
    this.#sizes.push(view.h);
    this.#rows.pushAll(view.form());
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
    evaluatePolynomial(this.#rows.data, low * this.n * (this.degree + 1), this.n, this.degree, x, out);
    this.#bounds?.clamp(out);
    return out;
  }
}
