/** Finds the first value that has no logarithm among the columns that are logarithmic. Returns its place in
 *  the rows, or -1. */
export function withoutLogarithm(rows: ArrayLike<number>, logarithmic: readonly boolean[]): number {
  if (!logarithmic.includes(true)) return -1;
  return Array.prototype.findIndex.call(rows, (x, k) => logarithmic[k % logarithmic.length] && x <= 0);
}
