import { poll } from "../interruption.ts";
import { subtract, subtractTwo, swapRows } from "./column-elimination.ts";

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
