import type { SparsePattern } from "../matrix/pattern.ts";

/** Of an elimination of a symmetric pattern: unknown `order[k]` is the k-th to go. */
export interface EliminationTree {
  readonly order: Int32Array;
  /** When each unknown goes: the inverse of `order`. */
  readonly position: Int32Array;
  /** The first later step that step k changes, -1 for none. Children come right before their parents. */
  readonly parent: Int32Array;
  /** Entries of column k of the factor below its diagonal. */
  readonly counts: Int32Array;
}

/** The tree of a given order, which is changed to an equivalent one that visits the tree from its leaves.
 *  @see Liu, The role of elimination trees in sparse factorization, 1990 */
export function eliminationTree(graph: SparsePattern, given: Int32Array): EliminationTree {
  const { n } = graph;
  const parentOf = parents(graph, given, inverse(given));
  const sequence = leavesFirst(parentOf);
  const order = Int32Array.from({ length: n }, (_, k) => given[sequence[k]!]!);
  const position = inverse(order);
  const rank = inverse(sequence);
  const parent = new Int32Array(n);
  for (let k = 0; k < n; k++) {
    const above = parentOf[sequence[k]!]!;
    parent[k] = above < 0 ? -1 : rank[above]!;
  }
  return { order, position, parent, counts: columnCounts(graph, order, position, parent) };
}

function inverse(order: Int32Array): Int32Array {
  const out = new Int32Array(order.length);
  for (let k = 0; k < order.length; k++) out[order[k]!] = k;
  return out;
}

function parents({ n, starts, rows }: SparsePattern, order: Int32Array, position: Int32Array): Int32Array {
  const parent = new Int32Array(n).fill(-1);
  // Shortcuts to the top of what has been seen.
  const top = new Int32Array(n).fill(-1);
  for (let k = 0; k < n; k++) {
    const j = order[k]!;
    for (let e = starts[j]!; e < starts[j + 1]!; e++) {
      let i = position[rows[e]!]!;
      while (i >= 0 && i < k) {
        const next = top[i]!;
        top[i] = k;
        if (next < 0) parent[i] = k;
        i = next;
      }
    }
  }
  return parent;
}

function leavesFirst(parent: Int32Array): Int32Array {
  const n = parent.length;
  const firstChild = new Int32Array(n).fill(-1);
  const sibling = new Int32Array(n).fill(-1);
  for (let k = n - 1; k >= 0; k--) {
    const above = parent[k]!;
    if (above < 0) continue;
    sibling[k] = firstChild[above]!;
    firstChild[above] = k;
  }
  const out = new Int32Array(n);
  const stack = new Int32Array(n);
  let done = 0;
  for (let root = 0; root < n; root++) {
    if (parent[root]! >= 0) continue;
    let depth = 1;
    stack[0] = root;
    while (depth > 0) {
      const k = stack[depth - 1]!;
      const child = firstChild[k]!;
      if (child < 0) {
        out[done++] = k;
        depth--;
      } else {
        firstChild[k] = sibling[child]!;
        stack[depth++] = child;
      }
    }
  }
  return out;
}

/** Each row of the factor is the part of the tree below it that its entries in the matrix hang from. */
function columnCounts(
  { n, starts, rows }: SparsePattern,
  order: Int32Array,
  position: Int32Array,
  parent: Int32Array,
): Int32Array {
  const counts = new Int32Array(n);
  const seen = new Int32Array(n).fill(-1);
  for (let k = 0; k < n; k++) {
    seen[k] = k;
    const j = order[k]!;
    for (let e = starts[j]!; e < starts[j + 1]!; e++) {
      for (let i = position[rows[e]!]!; i < k && seen[i] !== k; i = parent[i]!) {
        seen[i] = k;
        counts[i]!++;
      }
    }
  }
  return counts;
}
