import type { Band } from "../problem.ts";

/** Zeros before the first row and after the last: rows that an elimination finds where there are none. */
export const PADDING = 10;

/** Whether a band has at most two diagonals on each side, and enough rows for an elimination from both
 *  ends. */
export function isPentadiagonal(n: number, band: Band): boolean {
  return n >= 8 && band.lower <= 2 && band.upper <= 2;
}

/** A band into storage with two diagonals on each side, entry (i, j) at PADDING + 2 + i + 4 j, and zeros
 *  around it. */
export function padBand(jacobian: Float64Array, { lower, upper }: Band, n: number, out: Float64Array): void {
  if (lower === 2 && upper === 2) {
    out.set(jacobian.length > 5 * n ? jacobian.subarray(0, 5 * n) : jacobian, PADDING);
  } else {
    const width = lower + upper + 1;
    for (let j = 0; j < n; j++) {
      for (let r = 0; r < width; r++) out[PADDING + 5 * j + 2 - upper + r] = jacobian[width * j + r]!;
    }
  }
  // What a band holds outside of the matrix says nothing.
  out.fill(0, PADDING, PADDING + 2);
  out[PADDING + 5] = 0;
  const end = PADDING + 5 * n;
  out[end - 6] = 0;
  out.fill(0, end - 2, end);
}
