import { poll } from "../interruption.ts";
import type { SparsePattern } from "../matrix/pattern.ts";
import { COLUMNS, type Factorisation } from "./factorisation.ts";
import { eliminationOf } from "./minimum-degree.ts";

/** The diagonal entry is preferred to one up to so many times larger. */
const PREFERENCE = 10;
/** A pivot of an earlier matrix that is so many times smaller than an entry below it is not trusted. */
const TRUST = 1e3;

/** Columns of a factor, one after another. */
interface Factor {
  readonly starts: Int32Array;
  readonly rows: Int32Array;
  readonly values: Float64Array;
}

/** LU of a sparse matrix, column by column, each with the columns before it that its entries reach. Rows are
 *  swapped wherever they have to be. The rows of the factors and the pivots serve for the next matrix too, as
 *  long as its pivots can be trusted.
 *  @see Gilbert and Peierls, Sparse partial pivoting in time proportional to arithmetic operations, 1988 */
export class SparseLu implements Factorisation {
  readonly #pattern: SparsePattern;
  /** The column of each step, the row of its pivot, and the step of each row. */
  readonly #order: Int32Array;
  readonly #rowOf: Int32Array;
  readonly #stepOf: Int32Array;
  readonly #inverse: Float64Array;
  /** Rows are numbered by steps. A column of U lists its rows in the order of their use. */
  #lower: Factor | undefined;
  #upper: Factor | undefined;
  readonly #x: Float64Array;

  constructor(pattern: SparsePattern) {
    const { n } = pattern;
    this.#pattern = pattern;
    this.#order = eliminationOf(pattern).order;
    this.#rowOf = new Int32Array(n);
    this.#stepOf = new Int32Array(n);
    this.#inverse = new Float64Array(n);
    this.#x = new Float64Array(n);
  }

  factor(values: Float64Array): boolean {
    if (this.#lower !== undefined && this.#repeat(values, this.#lower, this.#upper!)) return true;
    return this.#search(values);
  }

  /** With the pivots of an earlier matrix; false where one is too small. */
  #repeat(values: Float64Array, lower: Factor, upper: Factor): boolean {
    const { n, starts, rows } = this.#pattern;
    const stepOf = this.#stepOf;
    const x = this.#x.fill(0);
    for (let k = 0; k < n; k++) {
      if (k % COLUMNS === 0) poll();
      const j = this.#order[k]!;
      for (let e = starts[j]!; e < starts[j + 1]!; e++) x[stepOf[rows[e]!]!] = values[e]!;
      for (let e = upper.starts[k]!; e < upper.starts[k + 1]!; e++) {
        const step = upper.rows[e]!;
        const value = x[step]!;
        x[step] = 0;
        upper.values[e] = value;
        subtractColumn(lower, step, value, x);
      }
      const pivot = x[k]!;
      x[k] = 0;
      const most = TRUST * Math.abs(pivot);
      if (!(most > 0 && most < Number.POSITIVE_INFINITY)) return false;
      const inverse = 1 / pivot;
      this.#inverse[k] = inverse;
      for (let e = lower.starts[k]!; e < lower.starts[k + 1]!; e++) {
        const value = x[lower.rows[e]!]!;
        if (!(Math.abs(value) <= most)) return false;
        x[lower.rows[e]!] = 0;
        lower.values[e] = value * inverse;
      }
    }
    return true;
  }

  /** Finds pivots, and with them the rows of the factors. */
  #search(values: Float64Array): boolean {
    const { n, starts, rows } = this.#pattern;
    const { entries } = eliminationOf(this.#pattern);
    const [lower, upper] = [new GrowingFactor(n, entries / 2), new GrowingFactor(n, entries / 2)];
    const stepOf = this.#stepOf.fill(-1);
    const x = this.#x.fill(0);
    const reach = reachIn(lower, stepOf);
    this.#lower = undefined;
    for (let k = 0; k < n; k++) {
      if (k % COLUMNS === 0) poll();
      const j = this.#order[k]!;
      const reached = reach(rows.subarray(starts[j]!, starts[j + 1]!));
      for (let e = starts[j]!; e < starts[j + 1]!; e++) x[rows[e]!] = values[e]!;
      let best = 0;
      let pivot = -1;
      for (const row of reached) {
        const value = x[row]!;
        const step = stepOf[row]!;
        if (step >= 0) {
          upper.push(step, value);
          subtractColumn(lower, step, value, x);
          continue;
        }
        const size = Math.abs(value);
        // Also refuses NaN.
        if (!(size < Number.POSITIVE_INFINITY)) return false;
        if (size > best) {
          best = size;
          pivot = row;
        }
      }
      if (pivot < 0) return false;
      if (stepOf[j]! < 0 && Math.abs(x[j]!) * PREFERENCE >= best) pivot = j;
      const inverse = 1 / x[pivot]!;
      this.#inverse[k] = inverse;
      stepOf[pivot] = k;
      this.#rowOf[k] = pivot;
      for (const row of reached) {
        if (stepOf[row]! < 0) lower.push(row, x[row]! * inverse);
        x[row] = 0;
      }
      lower.close(k);
      upper.close(k);
    }
    this.#lower = lower.finished((row) => stepOf[row]!);
    this.#upper = upper.finished((step) => step);
    return true;
  }

  solve(b: Float64Array): void {
    const x = this.#x;
    const { starts, rows, values } = this.#upper!;
    for (let k = 0; k < x.length; k++) x[k] = b[this.#rowOf[k]!]!;
    for (let k = 0; k < x.length; k++) subtractColumn(this.#lower!, k, x[k]!, x);
    for (let k = x.length - 1; k >= 0; k--) {
      const value = x[k]! * this.#inverse[k]!;
      b[this.#order[k]!] = value;
      for (let e = starts[k]!; e < starts[k + 1]!; e++) x[rows[e]!] = x[rows[e]!]! - value * values[e]!;
    }
  }

  solveTransposed(b: Float64Array): void {
    const x = this.#x;
    for (let k = 0; k < x.length; k++) {
      x[k] = (b[this.#order[k]!]! - columnTimes(this.#upper!, k, x)) * this.#inverse[k]!;
    }
    for (let k = x.length - 1; k >= 0; k--) {
      x[k] = x[k]! - columnTimes(this.#lower!, k, x);
      b[this.#rowOf[k]!] = x[k]!;
    }
  }
}

/** x -= value times a column. */
function subtractColumn({ starts, rows, values }: Factor, k: number, value: number, x: Float64Array): void {
  const end = starts[k + 1]!;
  for (let e = starts[k]!; e < end; e++) {
    const i = rows[e]!;
    x[i] = x[i]! - value * values[e]!;
  }
}

function columnTimes({ starts, rows, values }: Factor, k: number, x: Float64Array): number {
  let sum = 0;
  for (let e = starts[k]!; e < starts[k + 1]!; e++) sum += x[rows[e]!]! * values[e]!;
  return sum;
}

class GrowingFactor implements Factor {
  readonly starts: Int32Array;
  rows: Int32Array;
  values: Float64Array;
  #length = 0;

  constructor(n: number, entries: number) {
    this.starts = new Int32Array(n + 1);
    this.rows = new Int32Array(Math.ceil(entries));
    this.values = new Float64Array(Math.ceil(entries));
  }

  push(row: number, value: number): void {
    if (this.#length === this.rows.length) {
      const [{ rows, values }, size] = [this, 2 * this.#length];
      this.rows = new Int32Array(size);
      this.rows.set(rows);
      this.values = new Float64Array(size);
      this.values.set(values);
    }
    this.rows[this.#length] = row;
    this.values[this.#length++] = value;
  }

  close(k: number): void {
    this.starts[k + 1] = this.#length;
  }

  finished(nameOf: (row: number) => number): Factor {
    const { starts } = this;
    return {
      starts,
      rows: this.rows.slice(0, this.#length).map(nameOf),
      values: this.values.slice(0, this.#length),
    };
  }
}

/** Finds the rows that the entries of a column lead to through the columns of their pivots. Each pivot
 *  precedes the rows that it changes. */
function reachIn(lower: Factor, stepOf: Int32Array): (given: Int32Array) => Int32Array {
  const n = stepOf.length;
  const array = () => new Int32Array(n);
  const [seen, stack, next, found] = [array(), array(), array(), array()];
  let round = 0;
  return (given) => {
    const { starts, rows } = lower;
    round++;
    let top = n;
    let depth = -1;
    const enter = (row: number): void => {
      seen[row] = round;
      stack[++depth] = row;
      next[depth] = stepOf[row]! < 0 ? 0 : starts[stepOf[row]!]!;
    };
    for (const row of given) {
      if (seen[row] !== round) enter(row);
      while (depth >= 0) {
        const step = stepOf[stack[depth]!]!;
        const end = step < 0 ? 0 : starts[step + 1]!;
        let at = next[depth]!;
        while (at < end && seen[rows[at]!] === round) at++;
        next[depth] = at + 1;
        if (at < end) enter(rows[at]!);
        else found[--top] = stack[depth--]!;
      }
    }
    return found.subarray(top);
  };
}
