import { memoised } from "../memoised.ts";
import type { SparsePattern } from "./sparse-pattern.ts";

/** Which operations an elimination without row swaps needs, for a fixed pattern of non-zeros: decided once,
 *  then repeated for every matrix of the pattern. Pivot k is the diagonal entry of `order[k]`. */
export interface EliminationPlan {
  readonly n: number;
  readonly order: Int32Array;
  /** Entries of L and U together. */
  readonly size: number;
  /** Where each entry of the pattern is kept. */
  readonly kept: Int32Array;
  /** Where the diagonal entry of each unknown is kept. */
  readonly diagonal: Int32Array;
  /** Column k of L is kept from lower[k] to lower[k + 1]. */
  readonly lower: Int32Array;
  /** Row k of U: where its entries are kept, from upper[k] to upper[k + 1] of this list. */
  readonly upper: Int32Array;
  readonly upperKept: Int32Array;
  /** For each entry of U in turn: where its multiples of L's column are subtracted. */
  readonly targets: Int32Array;
  /** Row and column of what is kept, in the order in which a solve uses it: the columns of L from the first,
   *  those of U from the last. */
  readonly row: Int32Array;
  readonly column: Int32Array;
}

/** The plan for a small pattern that includes the diagonal, by n^2 bytes; kept for as long as the pattern is.
 *
 *  Pivots are chosen greedily for the fewest products, (entries in the row - 1) (entries in the column - 1).
 *  @see Markowitz 1957; Duff, Erisman and Reid, Direct Methods for Sparse Matrices */
export const eliminationPlan: (pattern: SparsePattern) => EliminationPlan =
  /* @__PURE__ */ memoised(makePlan);

function makePlan({ n, starts: columnStarts, rows }: SparsePattern): EliminationPlan {
  /** 1 where there is an entry, (i, j) at i + n j; it fills up as unknowns are eliminated. */
  const filled = new Uint8Array(n * n);
  const inRow = new Int32Array(n);
  const inColumn = new Int32Array(n);
  const add = (i: number, j: number): void => {
    if (filled[i + n * j] === 1) return;
    filled[i + n * j] = 1;
    inRow[i]!++;
    inColumn[j]!++;
  };
  const pattern: [number, number][] = [];
  for (let j = 0; j < n; j++) {
    for (let e = columnStarts[j]!; e < columnStarts[j + 1]!; e++) {
      add(rows[e]!, j);
      pattern.push([rows[e]!, j]);
    }
  }
  const order: number[] = [];
  const below: number[][] = [];
  const right: number[][] = [];
  let left = Array.from({ length: n }, (_, k) => k);
  while (left.length > 0) {
    const k = left.reduce((best, each) =>
      (inRow[each]! - 1) * (inColumn[each]! - 1) < (inRow[best]! - 1) * (inColumn[best]! - 1) ? each : best,
    );
    left = left.filter((each) => each !== k);
    const l = left.filter((i) => filled[i + n * k] === 1);
    const u = left.filter((j) => filled[k + n * j] === 1);
    order.push(k);
    below.push(l);
    right.push(u);
    // What remains is counted among the unknowns that remain.
    for (const i of l) inRow[i]!--;
    for (const j of u) inColumn[j]!--;
    for (const j of u) for (const i of l) add(i, j);
  }
  const place = new Int32Array(n * n);
  const row: number[] = [];
  const column: number[] = [];
  const put = (i: number, j: number): void => {
    place[i + n * j] = row.length;
    row.push(i);
    column.push(j);
  };
  order.forEach((k, step) => {
    for (const i of below[step]!) put(i, k);
  });
  for (let step = n - 1; step >= 0; step--) {
    const j = order[step]!;
    for (let above = 0; above < step; above++) if (right[above]!.includes(j)) put(order[above]!, j);
  }
  for (let k = 0; k < n; k++) put(k, k);
  const kept = (i: number, j: number): number => place[i + n * j]!;
  return {
    n,
    order: Int32Array.from(order),
    size: row.length,
    kept: Int32Array.from(pattern, ([i, j]) => kept(i, j)),
    diagonal: Int32Array.from({ length: n }, (_, k) => kept(k, k)),
    lower: starts(below),
    upper: starts(right),
    upperKept: Int32Array.from(order.flatMap((k, step) => right[step]!.map((j) => kept(k, j)))),
    targets: Int32Array.from(
      order.flatMap((_, step) => right[step]!.flatMap((j) => below[step]!.map((i) => kept(i, j)))),
    ),
    row: Int32Array.from(row.slice(0, -n)),
    column: Int32Array.from(column.slice(0, -n)),
  };
}

function starts(lists: readonly (readonly number[])[]): Int32Array {
  const out = new Int32Array(lists.length + 1);
  lists.forEach((list, k) => {
    out[k + 1] = out[k]! + list.length;
  });
  return out;
}
