import { memoised } from "../memoised.ts";

/** Possible entries of a matrix [n, n], in compressed columns: the rows of column j are
 *  `rows[starts[j] .. starts[j + 1]]`, rising. */
export class SparsePattern {
  readonly n: number;
  readonly starts: Int32Array;
  readonly rows: Int32Array;

  constructor(n: number, starts: Int32Array, rows: Int32Array) {
    this.n = n;
    this.starts = starts;
    this.rows = rows;
  }

  get size(): number {
    return this.rows.length;
  }

  /** The place of entry (i, j), or -1. */
  find(i: number, j: number): number {
    const { rows, starts } = this;
    let low = starts[j]!;
    let high = starts[j + 1]!;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rows[middle]! < i) low = middle + 1;
      else high = middle;
    }
    return low < starts[j + 1]! && rows[low] === i ? low : -1;
  }

  transposed(): SparsePattern {
    const { n, rows, starts } = this;
    const to = new Int32Array(n + 1);
    for (let e = 0; e < rows.length; e++) to[rows[e]! + 1]!++;
    for (let i = 0; i < n; i++) to[i + 1] = to[i + 1]! + to[i]!;
    const next = to.slice();
    const columns = new Int32Array(rows.length);
    for (let j = 0; j < n; j++) {
      for (let e = starts[j]!; e < starts[j + 1]!; e++) columns[next[rows[e]!]!++] = j;
    }
    return new SparsePattern(n, to, columns);
  }

  /** The entries of either, and the diagonal where `diagonal` is true or nowhere where it is false. */
  union(other: SparsePattern, diagonal: boolean): SparsePattern {
    const column = ({ rows, starts }: SparsePattern, j: number) => rows.subarray(starts[j]!, starts[j + 1]!);
    return compressed(
      Array.from({ length: this.n }, (_, j) => {
        const all = [...column(this, j), ...column(other, j), j];
        return diagonal ? all : all.filter((i) => i !== j);
      }),
    );
  }
}

/** The rows of each column as lists, in any order and with repetitions; kept for as long as the lists are. */
export const patternOf: (lists: readonly ArrayLike<number>[]) => SparsePattern =
  /* @__PURE__ */ memoised(compressed);

function compressed(lists: readonly ArrayLike<number>[]): SparsePattern {
  const n = lists.length;
  const starts = new Int32Array(n + 1);
  let size = 0;
  for (const list of lists) size += list.length;
  const rows = new Int32Array(size);
  let end = 0;
  lists.forEach((list, j) => {
    const sorted = Int32Array.from(list).sort();
    for (let r = 0; r < sorted.length; r++)
      if (r === 0 || sorted[r] !== sorted[r - 1]) rows[end++] = sorted[r]!;
    starts[j + 1] = end;
  });
  return new SparsePattern(n, starts, rows.slice(0, end));
}

/** A pattern from the places of its entries, in any order and with repetitions. */
export function patternOfEntries(
  n: number,
  rows: ArrayLike<number>,
  columns: ArrayLike<number>,
): SparsePattern {
  const lists = Array.from({ length: n }, (): number[] => []);
  for (let e = 0; e < rows.length; e++) lists[columns[e]!]!.push(rows[e]!);
  return compressed(lists);
}
