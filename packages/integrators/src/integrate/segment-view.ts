import type { AnyStepper } from "../steppers/stepper.ts";
import type { BoundsWatch } from "./bounds.ts";

/** y(x) = sum_m x^m row_m by Horner's rule, rows of n starting at `offset`. */
export function evaluatePolynomial(
  rows: Float64Array,
  offset: number,
  n: number,
  degree: number,
  x: number,
  out: Float64Array,
): void {
  for (let i = 0; i < n; i++) {
    let sum = rows[offset + degree * n + i]!;
    for (let m = degree - 1; m >= 0; m--) sum = sum * x + rows[offset + m * n + i]!;
    out[i] = sum;
  }
}

/** The solution over the segment at hand, formed only when someone asks. */
export class SegmentView {
  #rows: Float64Array | undefined;
  readonly #stepper: AnyStepper;
  readonly #n: number;
  readonly #bounds: BoundsWatch | undefined;
  #formed = false;
  #segment = 0;
  t = 0;
  h = 0;

  constructor(stepper: AnyStepper, bounds?: BoundsWatch) {
    this.#bounds = bounds;
    this.#stepper = stepper;
    this.#n = stepper.system.n;
  }

  moveTo(t: number, h: number, segment: number): void {
    this.t = t;
    this.h = h;
    this.#segment = segment;
    this.#formed = false;
  }

  form(): Float64Array {
    this.#rows ??= new Float64Array((this.#stepper.degree + 1) * this.#n);
    if (this.#formed) return this.#rows;
    const { active } = this.#stepper;
    active.polynomial(this.#rows, 0, this.#segment);
    if (active.degree < this.#stepper.degree) this.#rows.fill(0, (active.degree + 1) * this.#n);
    this.#formed = true;
    return this.#rows;
  }

  evaluate(t: number, out: Float64Array): void {
    evaluatePolynomial(this.form(), 0, this.#n, this.#stepper.degree, (t - this.t) / this.h, out);
    this.#bounds?.clamp(out);
  }
}
