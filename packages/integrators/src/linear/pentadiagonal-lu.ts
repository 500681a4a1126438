import type { Band } from "../problem.ts";
import { BandedLu } from "./banded-lu.ts";
import type { RealLu } from "./factorisation.ts";
import { PADDING, padBand } from "./pentadiagonal.ts";

/** What is kept of each row. "Before" is towards the end that the row's half of the matrix begins at, "after"
 *  towards the middle. */
interface Rows {
  /** Multipliers of the rows one and two before. */
  readonly near: Float64Array;
  readonly far: Float64Array;
  /** The reciprocal of the pivot; entries one and two after the diagonal, over the pivot. */
  readonly inverse: Float64Array;
  readonly next: Float64Array;
  readonly second: Float64Array;
}

/** LU of shift I - J for a J of at most two diagonals on each side (one or two unknowns a point that look at
 *  their neighbours). Rows are eliminated from both ends at once, until two are left in the middle: two
 *  chains of operations that do not wait for each other, half as long as the one from end to end. Where
 *  partial pivoting would swap rows, `BandedLu` does it.
 *  @see Babuska, Numerical stability in problems of linear algebra, SIAM J. Numer. Anal. 9, 1972 */
export class PentadiagonalLu implements RealLu {
  readonly #n: number;
  readonly #band: Band;
  readonly #source: Float64Array;
  readonly #rows: Rows;
  /** The same with two rows of zeros before the first and after the last, at k + 2. */
  readonly #padded: Rows;
  /** Rows eliminated from the top; the two in the middle follow, then those from the bottom, one more where n
   *  is odd. */
  readonly #top: number;
  /** The two rows in the middle, once they are alone, and their multipliers of the row across, in the other
   *  half. */
  readonly #middle = new Float64Array(4);
  readonly #across = new Float64Array(2);
  readonly #solution = new Float64Array(2);
  #pivoted: BandedLu | undefined;
  #isPivoted = false;

  constructor(n: number, band: Band) {
    this.#n = n;
    this.#band = band;
    this.#source = new Float64Array(5 * n + 2 * PADDING);
    const all = new Float64Array(5 * (n + 4));
    const rows = (from: number, length: number): Rows => {
      const [near, far, inverse, next, second] = [0, 1, 2, 3, 4].map((part) =>
        all.subarray(part * (n + 4) + from, part * (n + 4) + from + length),
      ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
      return { near, far, inverse, next, second };
    };
    this.#rows = rows(2, n);
    this.#padded = rows(0, n + 4);
    this.#top = (n - 2) >> 1;
  }

  factor(jacobian: Float64Array, shift: number): boolean {
    padBand(jacobian, this.#band, this.#n, this.#source);
    this.#isPivoted = !this.#eliminate(shift);
    if (!this.#isPivoted) return true;
    this.#pivoted ??= new BandedLu(this.#n, this.#band);
    return this.#pivoted.factor(jacobian, shift);
  }

  /** False where a multiplier is above 1 or not a number. */
  #eliminate(shift: number): boolean {
    const source = this.#source;
    const { near, far, inverse, next, second } = this.#rows;
    const top = this.#top;
    const last = this.#n - 1;
    // Of the rows one and two before, in the upper half (a) and the lower (b).
    let aInverse1 = 0;
    let aInverse2 = 0;
    let aNext1 = 0;
    let aNext2 = 0;
    let aSecond1 = 0;
    let aSecond2 = 0;
    let bInverse1 = 0;
    let bInverse2 = 0;
    let bNext1 = 0;
    let bNext2 = 0;
    let bSecond1 = 0;
    let bSecond2 = 0;
    let largest = 0;
    for (let k = 0; k < top; k++) {
      const m = last - k;
      const fromA = PADDING + 2 + 5 * k;
      const fromB = PADDING + 2 + 5 * m;
      const aTwo = -source[fromA - 8]!;
      const aOne = -source[fromA - 4]! - aTwo * aNext2;
      const aInverse = 1 / (shift - source[fromA]! - aTwo * aSecond2 - aOne * aNext1);
      const aNear = aOne * aInverse1;
      const aFar = aTwo * aInverse2;
      const aNext = (-source[fromA + 4]! - aOne * aSecond1) * aInverse;
      const aSecond = -source[fromA + 8]! * aInverse;
      near[k] = aNear;
      far[k] = aFar;
      inverse[k] = aInverse;
      next[k] = aNext;
      second[k] = aSecond;
      const bTwo = -source[fromB + 8]!;
      const bOne = -source[fromB + 4]! - bTwo * bNext2;
      const bInverse = 1 / (shift - source[fromB]! - bTwo * bSecond2 - bOne * bNext1);
      const bNear = bOne * bInverse1;
      const bFar = bTwo * bInverse2;
      const bNext = (-source[fromB - 4]! - bOne * bSecond1) * bInverse;
      const bSecond = -source[fromB - 8]! * bInverse;
      near[m] = bNear;
      far[m] = bFar;
      inverse[m] = bInverse;
      next[m] = bNext;
      second[m] = bSecond;
      largest = Math.max(largest, Math.abs(aNear), Math.abs(aFar), Math.abs(bNear), Math.abs(bFar));
      aInverse2 = aInverse1;
      aInverse1 = aInverse;
      aNext2 = aNext1;
      aNext1 = aNext;
      aSecond2 = aSecond1;
      aSecond1 = aSecond;
      bInverse2 = bInverse1;
      bInverse1 = bInverse;
      bNext2 = bNext1;
      bNext1 = bNext;
      bSecond2 = bSecond1;
      bSecond1 = bSecond;
    }
    if (!(largest <= 1)) return false;
    if (last - top > top + 1 && !eliminateRow(source, this.#padded, shift, last - top, -1)) return false;
    return this.#reduceMiddle(shift, top, 1) && this.#reduceMiddle(shift, top + 1, -1) && this.#isRegular();
  }

  /** A row in the middle loses its entries in the columns of its own half, and the one across. */
  #reduceMiddle(shift: number, k: number, side: 1 | -1): boolean {
    const source = this.#source;
    const { near, far, inverse, next, second } = this.#padded;
    const from = PADDING + 2 + 5 * k;
    const at = k + 2;
    const before = at - side;
    const beforeThat = before - side;
    const across = at + 2 * side;
    const two = -source[from - 8 * side]!;
    const one = -source[from - 4 * side]! - two * next[beforeThat]!;
    const other = -source[from + 8 * side]!;
    const diagonal =
      shift - source[from]! - two * second[beforeThat]! - one * next[before]! - other * second[across]!;
    const coupling = -source[from + 4 * side]! - one * second[before]! - other * next[across]!;
    const i = side === 1 ? 0 : 1;
    near[at] = one * inverse[before]!;
    far[at] = two * inverse[beforeThat]!;
    this.#across[i] = other * inverse[across]!;
    this.#middle[3 * i] = diagonal;
    this.#middle[i + 1] = coupling;
    return [near[at], far[at], this.#across[i]].every((x) => Math.abs(x!) <= 1);
  }

  #isRegular(): boolean {
    this.#solveMiddle(1, 1, false);
    return Number.isFinite(this.#solution[0]! + this.#solution[1]!);
  }

  /** The two by two system in the middle, with partial pivoting. */
  #solveMiddle(b0: number, b1: number, transposed: boolean): void {
    const middle = this.#middle;
    const a = middle[0]!;
    const b = middle[transposed ? 2 : 1]!;
    const c = middle[transposed ? 1 : 2]!;
    const d = middle[3]!;
    const x = this.#solution;
    if (Math.abs(a) >= Math.abs(c)) {
      const factor = c / a;
      x[1] = (b1 - factor * b0) / (d - factor * b);
      x[0] = (b0 - b * x[1]!) / a;
    } else {
      const factor = a / c;
      x[1] = (b0 - factor * b1) / (b - factor * d);
      x[0] = (b1 - d * x[1]!) / c;
    }
  }

  solve(x: Float64Array): void {
    if (this.#isPivoted) {
      this.#pivoted!.solve(x);
      return;
    }
    const { near, far, inverse, next, second } = this.#rows;
    const top = this.#top;
    const last = this.#n - 1;
    const bottom = top + 2;
    // The last two values of either half.
    let a1 = 0;
    let a2 = 0;
    let b1 = 0;
    let b2 = 0;
    for (let k = 0; k < top; k++) {
      const m = last - k;
      const a = x[k]! - far[k]! * a2 - near[k]! * a1;
      const b = x[m]! - far[m]! * b2 - near[m]! * b1;
      x[k] = a;
      x[m] = b;
      a2 = a1;
      a1 = a;
      b2 = b1;
      b1 = b;
    }
    const isOdd = last - top === bottom;
    if (isOdd) {
      const b = x[bottom]! - far[bottom]! * b2 - near[bottom]! * b1;
      x[bottom] = b;
      b2 = b1;
      b1 = b;
    }
    this.#solveMiddle(
      x[top]! - far[top]! * a2 - near[top]! * a1 - this.#across[0]! * b1,
      x[top + 1]! - far[top + 1]! * b2 - near[top + 1]! * b1 - this.#across[1]! * a1,
      false,
    );
    a1 = this.#solution[0]!;
    a2 = this.#solution[1]!;
    x[top] = a1;
    x[top + 1] = a2;
    b1 = a2;
    b2 = a1;
    const sum = top - 1 + bottom;
    for (let k = top - 1; k >= 0; k--) {
      const m = sum - k;
      const a = x[k]! * inverse[k]! - second[k]! * a2 - next[k]! * a1;
      const b = x[m]! * inverse[m]! - second[m]! * b2 - next[m]! * b1;
      x[k] = a;
      x[m] = b;
      a2 = a1;
      a1 = a;
      b2 = b1;
      b1 = b;
    }
    if (isOdd) x[last] = x[last]! * inverse[last]! - second[last]! * b2 - next[last]! * b1;
  }

  /** The same steps transposed and in reverse: what a row took from others, its column now gives to them. */
  solveTransposed(x: Float64Array): void {
    if (this.#isPivoted) {
      this.#pivoted!.solveTransposed(x);
      return;
    }
    const { near, far, inverse, next, second } = this.#rows;
    const n = this.#n;
    const top = this.#top;
    const subtract = (to: number, value: number): void => {
      if (to >= 0 && to < n) x[to] = x[to]! - value;
    };
    const inwards = (k: number, side: 1 | -1): void => {
      const value = x[k]!;
      subtract(k + side, next[k]! * value);
      subtract(k + 2 * side, second[k]! * value);
      x[k] = value * inverse[k]!;
    };
    const outwards = (k: number, side: 1 | -1): void => {
      const value = x[k]!;
      subtract(k - side, near[k]! * value);
      subtract(k - 2 * side, far[k]! * value);
    };
    for (let k = 0; k < top; k++) inwards(k, 1);
    for (let k = n - 1; k > top + 1; k--) inwards(k, -1);
    this.#solveMiddle(x[top]!, x[top + 1]!, true);
    x.set(this.#solution, top);
    subtract(top + 2, this.#across[0]! * x[top]!);
    subtract(top - 1, this.#across[1]! * x[top + 1]!);
    for (let k = top; k >= 0; k--) outwards(k, 1);
    for (let k = top + 1; k < n; k++) outwards(k, -1);
  }
}

/** Row k after the two before it: `side` is 1 in the upper half, -1 in the lower, where before is below. */
function eliminateRow(
  source: Float64Array,
  { near, far, inverse, next, second }: Rows,
  shift: number,
  k: number,
  side: 1 | -1,
): boolean {
  const from = PADDING + 2 + 5 * k;
  const at = k + 2;
  const before = at - side;
  const beforeThat = before - side;
  const two = -source[from - 8 * side]!;
  const one = -source[from - 4 * side]! - two * next[beforeThat]!;
  const pivot = shift - source[from]! - two * second[beforeThat]! - one * next[before]!;
  const reciprocal = 1 / pivot;
  const multiplier = one * inverse[before]!;
  const multiplierThat = two * inverse[beforeThat]!;
  near[at] = multiplier;
  far[at] = multiplierThat;
  inverse[at] = reciprocal;
  next[at] = (-source[from + 4 * side]! - one * second[before]!) * reciprocal;
  second[at] = -source[from + 8 * side]! * reciprocal;
  return Math.abs(multiplier) <= 1 && Math.abs(multiplierThat) <= 1;
}
