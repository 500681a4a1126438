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

  constructor(n: number) {
    const rows = () => Array.from({ length: HIGHEST_ORDER + 3 }, () => new Float64Array(n));
    this.#rows = rows();
    this.next = rows();
  }

  /** Starts from a state and its slope. */
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
    const { next } = this;
    const change = this.#change;
    differenceChange(order, factor, change);
    // Difference 0, the state itself, stays.
    for (let j = 1; j < width; j++) {
      const sum = next[j]!;
      const [a, b] = [change[j]!, change[width + j]!];
      const [u, v] = [rows[0]!, rows[1]!];
      for (let i = 0; i < sum.length; i++) sum[i] = a * u[i]! + b * v[i]!;
      for (let k = 2; k < width; k++) add(sum, change[k * width + j]!, rows[k]!);
    }
    for (let j = 1; j < width; j++) {
      const row = rows[j]!;
      rows[j] = next[j]!;
      next[j] = row;
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
      const gamma = harmonic[m]! * scale;
      for (let i = 0; i < row.length; i++) {
        const difference = row[i]!;
        predicted[i] = predicted[i]! + difference;
        psi[i] = psi[i]! + gamma * difference;
      }
    }
  }

  /** The differences at yNew, which is d more than predicted. */
  extend(order: number, d: Float64Array, yNew: Float64Array): void {
    const rows = this.#rows;
    const { next } = this;
    const highest = next[order + 2]!;
    const before = rows[order + 1]!;
    for (let i = 0; i < d.length; i++) highest[i] = d[i]! - before[i]!;
    next[order + 1]!.set(d);
    for (let j = order; j > 0; j--) {
      const higher = next[j + 1]!;
      const row = rows[j]!;
      const out = next[j]!;
      for (let i = 0; i < out.length; i++) out[i] = higher[i]! + row[i]!;
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
    out.set(y, offset);
    out.fill(0, offset + n, offset + (HIGHEST_ORDER + 1) * n);
    for (let j = 1; j <= order; j++) {
      const row = this.next[j]!;
      for (let m = 1; m <= j; m++) {
        const at = offset + m * n;
        const weight = interpolation[j]![m]!;
        for (let i = 0; i < n; i++) out[at + i] = out[at + i]! + weight * row[i]!;
      }
    }
  }
}

// A row at a time and not a component: rows are arrays of their own, and looking one up costs more than a
// product.

/** out += a u. */
function add(out: Float64Array, a: number, u: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = out[i]! + a * u[i]!;
}
