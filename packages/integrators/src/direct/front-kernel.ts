import { poll } from "../interruption.ts";

/** A pivot this much smaller than an entry below it is not trusted. */
export const PIVOT_THRESHOLD = 1e-3;

/** From so many rows on, limits are asked between columns. */
const LONG = 500;

/** Eliminates the first `width` columns of a dense column-major front [side, side]: L (with a unit diagonal)
 *  and the reciprocals of the pivots in those columns, U in the first rows, what is left in the rest. Rows
 *  are swapped among the first `width` only: their numbers go to `swaps` from `at` on. False when a pivot
 *  is too small for the rows below, or not finite. */
export function eliminateFront(
  a: Float64Array,
  side: number,
  width: number,
  swaps: Int32Array,
  at: number,
): boolean {
  // Columns in pairs: each load of a column to the left serves both.
  for (let c = 0; c < width; c += 2) {
    if (side > LONG) poll();
    const col = c * side;
    swapRows(a, col, c, swaps, at);
    if (c + 1 === width) {
      subtract(a, side, col, c);
      return takePivot(a, side, width, c, swaps, at) && eliminateRest(a, side, width, swaps, at);
    }
    const next = col + side;
    swapRows(a, next, c, swaps, at);
    subtractTwo(a, side, col, c);
    if (!takePivot(a, side, width, c, swaps, at)) return false;
    const p = swaps[at + c]!;
    const f = a[next + p]!;
    a[next + p] = a[next + c]!;
    a[next + c] = f;
    for (let i = c + 1; i < side; i++) a[next + i] = a[next + i]! - f * a[col + i]!;
    if (!takePivot(a, side, width, c + 1, swaps, at)) return false;
  }
  return eliminateRest(a, side, width, swaps, at);
}

/** The columns beyond the first ones: what those do to them. */
function eliminateRest(a: Float64Array, side: number, width: number, swaps: Int32Array, at: number): boolean {
  let c = width;
  for (; c + 1 < side; c += 2) {
    const col = c * side;
    swapRows(a, col, width, swaps, at);
    swapRows(a, col + side, width, swaps, at);
    subtractTwo(a, side, col, width);
  }
  if (c < side) {
    swapRows(a, c * side, width, swaps, at);
    subtract(a, side, c * side, width);
  }
  return true;
}

/** Swaps the pivot of column c to its diagonal, in the columns up to c, and divides what is below by it. */
function takePivot(
  a: Float64Array,
  side: number,
  width: number,
  c: number,
  swaps: Int32Array,
  at: number,
): boolean {
  const col = c * side;
  const pivot = pivotOf(a, side, width, col, c);
  if (pivot < 0) return false;
  swaps[at + c] = pivot;
  if (pivot !== c) {
    for (let j = 0; j <= col; j += side) {
      const swap = a[j + c]!;
      a[j + c] = a[j + pivot]!;
      a[j + pivot] = swap;
    }
  }
  const inverse = 1 / a[col + c]!;
  a[col + c] = inverse;
  for (let i = col + c + 1; i < col + side; i++) a[i] = a[i]! * inverse;
  return true;
}

/** The row among the first ones whose entry becomes the pivot of column c: the diagonal if it will do. */
function pivotOf(a: Float64Array, side: number, width: number, col: number, c: number): number {
  let pivot = c;
  let best = Math.abs(a[col + c]!);
  for (let i = c + 1; i < width; i++) {
    const size = Math.abs(a[col + i]!);
    if (size > best) {
      best = size;
      pivot = i;
    }
  }
  // Also refuses NaN.
  if (!(best > 0 && best < Number.POSITIVE_INFINITY)) return -1;
  const most = best / PIVOT_THRESHOLD;
  for (let i = col + width; i < col + side; i++) if (!(Math.abs(a[i]!) <= most)) return -1;
  return pivot;
}

/** The row exchanges `swaps` from `at` on, done to `count` entries of the column that begins at `col`. */
export function swapRows(a: Float64Array, col: number, count: number, swaps: Int32Array, at: number): void {
  for (let k = 0; k < count; k++) {
    const p = swaps[at + k]!;
    if (p === k) continue;
    const swap = a[col + k]!;
    a[col + k] = a[col + p]!;
    a[col + p] = swap;
  }
}

/** Subtracts from the column at `col` its multiples of the first `count` ones: four at a time, one store for
 *  four products. */
function subtract(a: Float64Array, side: number, col: number, count: number): void {
  let k = 0;
  for (; k + 3 < count; k += 4) {
    const l0 = k * side;
    const l1 = l0 + side;
    const l2 = l1 + side;
    const l3 = l2 + side;
    const f0 = a[col + k]!;
    const f1 = a[col + k + 1]! - a[l0 + k + 1]! * f0;
    const f2 = a[col + k + 2]! - a[l0 + k + 2]! * f0 - a[l1 + k + 2]! * f1;
    const f3 = a[col + k + 3]! - a[l0 + k + 3]! * f0 - a[l1 + k + 3]! * f1 - a[l2 + k + 3]! * f2;
    a[col + k + 1] = f1;
    a[col + k + 2] = f2;
    a[col + k + 3] = f3;
    for (let i = k + 4; i < side; i++) {
      a[col + i] = a[col + i]! - (f0 * a[l0 + i]! + f1 * a[l1 + i]! + f2 * a[l2 + i]! + f3 * a[l3 + i]!);
    }
  }
  for (; k < count; k++) {
    const f = a[col + k]!;
    const l = k * side;
    for (let i = k + 1; i < side; i++) a[col + i] = a[col + i]! - f * a[l + i]!;
  }
}

/** The same for two neighbouring columns: each load of a multiplied column serves both. */
function subtractTwo(a: Float64Array, side: number, first: number, count: number): void {
  const second = first + side;
  let k = 0;
  for (; k + 3 < count; k += 4) {
    const l0 = k * side;
    const l1 = l0 + side;
    const l2 = l1 + side;
    const l3 = l2 + side;
    const a10 = a[l0 + k + 1]!;
    const a20 = a[l0 + k + 2]!;
    const a21 = a[l1 + k + 2]!;
    const a30 = a[l0 + k + 3]!;
    const a31 = a[l1 + k + 3]!;
    const a32 = a[l2 + k + 3]!;
    const f0 = a[first + k]!;
    const f1 = a[first + k + 1]! - a10 * f0;
    const f2 = a[first + k + 2]! - a20 * f0 - a21 * f1;
    const f3 = a[first + k + 3]! - a30 * f0 - a31 * f1 - a32 * f2;
    const g0 = a[second + k]!;
    const g1 = a[second + k + 1]! - a10 * g0;
    const g2 = a[second + k + 2]! - a20 * g0 - a21 * g1;
    const g3 = a[second + k + 3]! - a30 * g0 - a31 * g1 - a32 * g2;
    a[first + k + 1] = f1;
    a[first + k + 2] = f2;
    a[first + k + 3] = f3;
    a[second + k + 1] = g1;
    a[second + k + 2] = g2;
    a[second + k + 3] = g3;
    for (let i = k + 4; i < side; i++) {
      const x0 = a[l0 + i]!;
      const x1 = a[l1 + i]!;
      const x2 = a[l2 + i]!;
      const x3 = a[l3 + i]!;
      a[first + i] = a[first + i]! - (f0 * x0 + f1 * x1 + f2 * x2 + f3 * x3);
      a[second + i] = a[second + i]! - (g0 * x0 + g1 * x1 + g2 * x2 + g3 * x3);
    }
  }
  for (; k < count; k++) {
    const f = a[first + k]!;
    const g = a[second + k]!;
    const l = k * side;
    for (let i = k + 1; i < side; i++) {
      const x = a[l + i]!;
      a[first + i] = a[first + i]! - f * x;
      a[second + i] = a[second + i]! - g * x;
    }
  }
}
