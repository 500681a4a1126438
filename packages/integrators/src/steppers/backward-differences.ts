import {
  differenceChange,
  HIGHEST_ORDER,
  harmonic,
  interpolation,
  leading,
} from "../tableau/numerical-differentiation.ts";

/** Backward differences of the solution at the state, over steps of one size, and those after the attempt
 *  at hand. */
export class BackwardDifferences {
  #rows: Float64Array[];
  /** Difference j at the end of the attempt, up to order + 2. */
  next: Float64Array[];
  readonly #change: Float64Array = new Float64Array((HIGHEST_ORDER + 1) ** 2);
  readonly #old: Float64Array = new Float64Array(HIGHEST_ORDER + 1);

  constructor(n: number) {
    const rows = () => Array.from({ length: HIGHEST_ORDER + 3 }, () => new Float64Array(n));
    this.#rows = rows();
    this.next = rows();
  }

  /** From a state and its slope. */
  begin(y: Float64Array, slope: Float64Array, h: number): void {
    const [state, change, ...others] = this.#rows;
    state!.set(y);
    for (let i = 0; i < slope.length; i++) change![i] = h * slope[i]!;
    for (const each of others) each.fill(0);
  }

  /** The interpolating polynomial of an order, looked at in steps `factor` times as long. */
  resize(order: number, factor: number): void {
    const width = order + 1;
    const rows = this.#rows;
    const change = this.#change;
    const old = this.#old;
    differenceChange(order, factor, change);
    const n = rows[0]!.length;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < width; j++) old[j] = rows[j]![i]!;
      // Difference 0, the state itself, stays.
      for (let j = 1; j < width; j++) {
        let sum = 0;
        for (let k = 0; k < width; k++) sum += change[k * width + j]! * old[k]!;
        rows[j]![i] = sum;
      }
    }
  }

  /** The polynomial one step on, and psi = sum_{m=1..k} gamma_m D^m / alpha_k. */
  predict(order: number, predicted: Float64Array, psi: Float64Array): void {
    const rows = this.#rows;
    const scale = 1 / leading[order]!;
    predicted.set(rows[0]!);
    psi.fill(0);
    for (let m = 1; m <= order; m++) {
      const row = rows[m]!;
      const weight = harmonic[m]! * scale;
      for (let i = 0; i < row.length; i++) {
        predicted[i] = predicted[i]! + row[i]!;
        psi[i] = psi[i]! + weight * row[i]!;
      }
    }
  }

  /** The differences at yNew, which is d more than predicted. */
  extend(order: number, d: Float64Array, yNew: Float64Array): void {
    const rows = this.#rows;
    const { next } = this;
    for (let i = 0; i < d.length; i++) {
      let sum = d[i]!;
      next[order + 2]![i] = sum - rows[order + 1]![i]!;
      next[order + 1]![i] = sum;
      for (let j = order; j > 0; j--) {
        sum += rows[j]![i]!;
        next[j]![i] = sum;
      }
    }
    next[0]!.set(yNew);
  }

  accept(): void {
    const rows = this.#rows;
    this.#rows = this.next;
    this.next = rows;
  }

  /** The state at the end has been moved to y: as if the last step had come to it. */
  move(y: Float64Array): void {
    const rows = this.#rows;
    for (let i = 0; i < y.length; i++) {
      const change = y[i]! - rows[0]![i]!;
      if (change === 0) continue;
      for (let j = 0; j < rows.length; j++) rows[j]![i] = rows[j]![i]! + change;
    }
  }

  /** The polynomial over the attempt in powers of x; y is the state at its start. */
  polynomial(order: number, y: Float64Array, out: Float64Array, offset: number): void {
    const n = y.length;
    out.fill(0, offset, offset + (HIGHEST_ORDER + 1) * n);
    for (let j = 0; j <= order; j++) {
      const row = this.next[j]!;
      interpolation[j]!.forEach((weight, m) => {
        const at = offset + m * n;
        for (let i = 0; i < n; i++) out[at + i] = out[at + i]! + weight * row[i]!;
      });
    }
    // Without the rounding of the sum.
    out.set(y, offset);
  }
}
