import type { SparsePattern } from "../matrix/pattern.ts";
import { memoised } from "../memoised.ts";
import { type EliminationTree, eliminationTree } from "./elimination-tree.ts";
import { minimumDegree } from "./minimum-degree.ts";

/** An elimination in fronts: dense matrices in which groups of unknowns with (nearly) the same neighbours go
 *  together, and whose rest is added to a later front. Decided once for a pattern. Steps are numbered in
 *  the order of elimination.
 *  @see Duff and Reid, The multifrontal solution of indefinite sparse symmetric linear equations, 1983 */
export interface FrontPlan {
  readonly n: number;
  readonly order: Int32Array;
  readonly position: Int32Array;
  /** Front s eliminates the steps first[s] .. first[s + 1]. */
  readonly first: Int32Array;
  /** The later steps that front s changes: `later[laterStarts[s] .. laterStarts[s + 1]]`, rising. */
  readonly laterStarts: Int32Array;
  readonly later: Int32Array;
  /** How many fronts hand their rest to front s: the last ones before it that are still waiting. */
  readonly children: Int32Array;
  /** Entries of the matrix (by their place in the pattern) that begin in front s, and where in it. */
  readonly entryStarts: Int32Array;
  readonly entries: Int32Array;
  readonly places: Int32Array;
  /** Entries of the factors, of the largest front, and of the rests that wait at once. */
  readonly factorSize: number;
  readonly frontSize: number;
  readonly stackSize: number;
  /** Products of two numbers that the elimination takes. */
  readonly products: number;
}

/** The plan for a pattern; kept for as long as the pattern is. */
export const frontPlan: (pattern: SparsePattern) => FrontPlan = /* @__PURE__ */ memoised(makePlan);

function makePlan(pattern: SparsePattern): FrontPlan {
  const { n } = pattern;
  const graph = pattern.union(pattern.transposed(), false);
  const tree = eliminationTree(graph, minimumDegree(graph));
  const first = fronts(tree);
  const count = first.length - 1;
  const { later, laterStarts, children } = structures(graph, tree, first);
  let frontSize = 0;
  let factorSize = 0;
  let stackSize = 0;
  let products = 0;
  const waiting: number[] = [];
  let stacked = 0;
  for (let s = 0; s < count; s++) {
    const w = first[s + 1]! - first[s]!;
    const m = laterStarts[s + 1]! - laterStarts[s]!;
    frontSize = Math.max(frontSize, (w + m) ** 2);
    factorSize += w * (w + 2 * m);
    products += w * m * (w + m) + w ** 3 / 3;
    for (let child = 0; child < children[s]!; child++) stacked -= waiting.pop()!;
    waiting.push(m * m);
    stacked += m * m;
    stackSize = Math.max(stackSize, stacked);
  }
  return {
    n,
    order: tree.order,
    position: tree.position,
    first,
    laterStarts,
    later,
    children,
    ...entryPlaces(pattern, tree, first, later, laterStarts),
    factorSize,
    frontSize,
    stackSize,
    products,
  };
}

/** Steps that become one front: those of equal structure, and children that add few zeros to their parent. */
function fronts({ parent, counts }: EliminationTree): Int32Array {
  const n = parent.length;
  const starts: number[] = [];
  const zeros: number[] = [];
  for (let k = 0; k < n; k++) {
    const continues = k > 0 && parent[k - 1] === k && counts[k - 1] === counts[k]! + 1;
    if (!continues) {
      // The front before is complete: it may take in its last child.
      absorb(starts, zeros, k, parent, counts);
      starts.push(k);
      zeros.push(0);
    }
  }
  absorb(starts, zeros, n, parent, counts);
  starts.push(n);
  return Int32Array.from(starts);
}

/** Merges the last front, which ends before step `end`, with the one before it as long as that is a child of
 *  it and few entries are added that are zero. */
function absorb(
  starts: number[],
  zeros: number[],
  end: number,
  parent: Int32Array,
  counts: Int32Array,
): void {
  while (starts.length > 1) {
    const start = starts.at(-1)!;
    const childStart = starts.at(-2)!;
    const above = parent[start - 1]!;
    if (above < start || above >= end) return;
    const width = end - childStart;
    const below = counts[end - 1]!;
    const childWidth = start - childStart;
    const added = zeros.at(-1)! + zeros.at(-2)! + childWidth * (end - start + below - counts[start - 1]!);
    const share = added / ((width * (width + 1)) / 2 + width * below);
    const allowed = width <= 4 ? 1 : width <= 16 ? 0.5 : width <= 48 ? 0.1 : 0.05;
    if (share > allowed) return;
    starts.pop();
    zeros.pop();
    zeros[zeros.length - 1] = added;
  }
}

/** What each front changes: its own neighbours and those that its children hand on. */
function structures(
  { starts, rows }: SparsePattern,
  { order, position, parent, counts }: EliminationTree,
  first: Int32Array,
): Pick<FrontPlan, "later" | "laterStarts" | "children"> {
  const count = first.length - 1;
  const laterStarts = new Int32Array(count + 1);
  for (let s = 0; s < count; s++) laterStarts[s + 1] = laterStarts[s]! + counts[first[s + 1]! - 1]!;
  const later = new Int32Array(laterStarts[count]!);
  const children = new Int32Array(count);
  const frontOf = new Int32Array(parent.length);
  for (let s = 0; s < count; s++) frontOf.fill(s, first[s]!, first[s + 1]!);
  const seen = new Int32Array(parent.length).fill(-1);
  const waiting: number[] = [];
  for (let s = 0; s < count; s++) {
    const end = first[s + 1]!;
    let at = laterStarts[s]!;
    const take = (k: number): void => {
      if (k < end || seen[k] === s) return;
      seen[k] = s;
      later[at++] = k;
    };
    for (let k = first[s]!; k < end; k++) {
      const j = order[k]!;
      for (let e = starts[j]!; e < starts[j + 1]!; e++) take(position[rows[e]!]!);
    }
    while (waiting.length > 0 && frontOf[parentStep(waiting.at(-1)!)] === s) {
      const child = waiting.pop()!;
      children[s]!++;
      for (let e = laterStarts[child]!; e < laterStarts[child + 1]!; e++) take(later[e]!);
    }
    later.subarray(laterStarts[s]!, laterStarts[s + 1]!).sort();
    if (parentStep(s) >= 0) waiting.push(s);
  }
  return { later, laterStarts, children };

  function parentStep(s: number): number {
    return parent[first[s + 1]! - 1]!;
  }
}

function entryPlaces(
  { n, starts, rows }: SparsePattern,
  { position }: EliminationTree,
  first: Int32Array,
  later: Int32Array,
  laterStarts: Int32Array,
): Pick<FrontPlan, "entryStarts" | "entries" | "places"> {
  const count = first.length - 1;
  const frontOf = new Int32Array(n);
  for (let s = 0; s < count; s++) frontOf.fill(s, first[s]!, first[s + 1]!);
  const entryStarts = new Int32Array(count + 1);
  const each = (visit: (s: number, e: number, row: number, column: number) => void): void => {
    for (let j = 0; j < n; j++) {
      const column = position[j]!;
      for (let e = starts[j]!; e < starts[j + 1]!; e++) {
        const row = position[rows[e]!]!;
        visit(frontOf[Math.min(row, column)]!, e, row, column);
      }
    }
  };
  each((s) => {
    entryStarts[s + 1]!++;
  });
  for (let s = 0; s < count; s++) entryStarts[s + 1] = entryStarts[s + 1]! + entryStarts[s]!;
  const entries = new Int32Array(rows.length);
  const next = entryStarts.slice();
  each((s, e) => {
    entries[next[s]!++] = e;
  });
  const places = new Int32Array(rows.length);
  const local = new Int32Array(n);
  const columnOf = new Int32Array(rows.length);
  for (let j = 0; j < n; j++) columnOf.fill(j, starts[j]!, starts[j + 1]!);
  for (let s = 0; s < count; s++) {
    const width = first[s + 1]! - first[s]!;
    const side = width + laterStarts[s + 1]! - laterStarts[s]!;
    for (let k = 0; k < width; k++) local[first[s]! + k] = k;
    for (let r = width; r < side; r++) local[later[laterStarts[s]! + r - width]!] = r;
    for (let at = entryStarts[s]!; at < entryStarts[s + 1]!; at++) {
      const e = entries[at]!;
      places[at] = local[position[rows[e]!]!]! + side * local[position[columnOf[e]!]!]!;
    }
  }
  return { entryStarts, entries, places };
}
