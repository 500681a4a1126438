import type { TableView } from "./view.ts";

/** A number that often stands for a missing value (-999, 9999, 1e20 and their like), and in how many cells.
 *  It is an end of the column, and further from the next value than all others are from each other. */
export function placeholderIn(
  table: TableView,
  column: number,
): { readonly value: number; readonly cells: number } | undefined {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let r = 0; r < table.count; r++) {
    const x = table.at(r, column);
    if (x < least) least = x;
    if (x > most) most = x;
  }
  for (const value of [least, most]) {
    const size = Math.abs(value);
    if (!(/^99+(\.9+)?$/.test(String(size)) || (size >= 1e15 && /^1e\+?\d+$/.test(size.toExponential()))))
      continue;
    let [cells, low, high] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let r = 0; r < table.count; r++) {
      const x = table.at(r, column);
      if (x === value) cells++;
      else if (!Number.isNaN(x)) [low, high] = [Math.min(low, x), Math.max(high, x)];
    }
    if (low <= high && Math.min(Math.abs(low - value), Math.abs(high - value)) > high - low)
      return { value, cells };
  }
  return undefined;
}
