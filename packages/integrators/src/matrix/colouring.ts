import { memoised } from "../memoised.ts";
import { SparsePattern } from "./pattern.ts";

/** Groups of columns that share no row, found greedily in the order of falling column counts: one
 *  evaluation of f then gives the finite differences of a whole group. It walks over the neighbours of each
 *  column. The result is kept as long as the pattern.
 *  @see Curtis, Powell and Reid, On the estimation of sparse Jacobian matrices, 1974 */
export const colourColumns: (pattern: SparsePattern) => number[][] = /* @__PURE__ */ memoised(colour);

function colour(pattern: SparsePattern): number[][] {
  const { n, starts, rows } = pattern;
  const count = (j: number): number => starts[j + 1]! - starts[j]!;
  const order = Array.from({ length: n }, (_, j) => j).sort((a, b) => count(b) - count(a) || a - b);
  // For each row, the groups of the columns seen so far.
  const rowStarts = pattern.transposed().starts;
  const filled = rowStarts.slice(0, n);
  const taken = new Int32Array(rows.length);
  const seen: number[] = [];
  const groups: number[][] = [];
  for (const j of order) {
    for (let e = starts[j]!; e < starts[j + 1]!; e++) {
      const i = rows[e]!;
      for (let k = rowStarts[i]!; k < filled[i]!; k++) seen[taken[k]!] = j;
    }
    let g = 0;
    while (g < groups.length && seen[g] === j) g++;
    if (g === groups.length) {
      groups.push([]);
      seen.push(-1);
    }
    groups[g]!.push(j);
    for (let e = starts[j]!; e < starts[j + 1]!; e++) taken[filled[rows[e]!]!++] = g;
  }
  return groups;
}

/** The pattern of a band: column j holds the rows j - upper .. j + lower. */
export function bandPattern(n: number, lower: number, upper: number): SparsePattern {
  const starts = new Int32Array(n + 1);
  const rows: number[] = [];
  for (let j = 0; j < n; j++) {
    for (let i = Math.max(0, j - upper); i <= Math.min(n - 1, j + lower); i++) rows.push(i);
    starts[j + 1] = rows.length;
  }
  return new SparsePattern(n, starts, Int32Array.from(rows));
}

/** The narrowest band that holds a pattern. */
export function bandOf({ n, starts, rows }: SparsePattern): { lower: number; upper: number } {
  let lower = 0;
  let upper = 0;
  for (let j = 0; j < n; j++) {
    if (starts[j] === starts[j + 1]) continue;
    lower = Math.max(lower, rows[starts[j + 1]! - 1]! - j);
    upper = Math.max(upper, j - rows[starts[j]!]!);
  }
  return { lower, upper };
}
