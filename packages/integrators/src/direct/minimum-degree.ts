import { poll } from "../interruption.ts";
import type { SparsePattern } from "../matrix/pattern.ts";
import { memoised } from "../memoised.ts";

/** An order of elimination, and what it costs where no rows are swapped. */
export interface Elimination {
  /** Unknown `order[k]` is the k-th to go. */
  readonly order: Int32Array;
  /** Entries of both factors. */
  readonly entries: number;
  /** Products of two numbers that a factorisation takes. */
  readonly products: number;
}

/** An order that keeps the fill low: always an unknown with about the fewest neighbours next. The
 *  neighbours of an eliminated unknown are stored as a clique, so that the work does not grow with the
 *  fill. Unknowns with the same neighbours are eliminated together. Degrees are upper bounds. Kept for as
 *  long as the pattern is.
 *  @see Amestoy, Davis and Duff, An approximate minimum degree ordering algorithm, 1996 */
export const eliminationOf: (pattern: SparsePattern) => Elimination = /* @__PURE__ */ memoised((pattern) =>
  eliminate(pattern.union(pattern.transposed(), false)),
);

/** @param graph symmetric, without its diagonal */
function eliminate({ n, starts, rows }: SparsePattern): Elimination {
  const degree = Int32Array.from({ length: n }, (_, i) => starts[i + 1]! - starts[i]!);
  const all = Array.from(degree, (_, i) => i);
  // Rows that are nearly full go last: they would only hide the degrees of the others.
  const full = Math.max(16, 10 * Math.sqrt(n));
  const last = all.filter((i) => degree[i]! > full);
  // Unknowns that are eliminated together with each; empty for those that others take along.
  const groups = all.map((i) => (degree[i]! > full ? [] : [i]));
  const weightOf = (some: readonly number[]) => some.reduce((sum, i) => sum + groups[i]!.length, 0);
  // For each unknown: its neighbours outside of cliques, and its cliques. A clique is named by the unknown
  // whose elimination made it.
  const near = all.map((i) => [...rows.subarray(starts[i]!, starts[i + 1]!)]);
  const cliques = all.map((): number[] => []);
  const members = all.map((): number[] => []);
  // Unknowns by their degree; those whose degree has changed since are left behind.
  const byDegree = Array.from({ length: n + 1 }, (): number[] => []);
  for (let i = n - 1; i >= 0; i--) byDegree[degree[i]!]!.push(i);
  const seen = new Int32Array(n).fill(-1);
  const outside = new Int32Array(n);
  const order: number[] = [];
  let entries = last.length ** 2;
  let products = last.length ** 3 / 3;

  for (let lowest = 0; order.length + last.length < n; ) {
    const pivot = byDegree[lowest]!.pop();
    if (pivot === undefined) lowest++;
    if (pivot === undefined || groups[pivot]!.length === 0 || degree[pivot] !== lowest) continue;
    poll();
    // Its neighbours become a clique, and the cliques that it was in go up in it.
    const clique: number[] = [];
    seen[pivot] = pivot;
    for (const list of [...cliques[pivot]!.map((e) => members[e]!), near[pivot]!]) {
      for (const i of list) {
        if (groups[i]!.length === 0 || seen[i] === pivot) continue;
        seen[i] = pivot;
        clique.push(i);
      }
    }
    for (const e of cliques[pivot]!) members[e] = [];
    // How much of each older clique lies outside of this one.
    for (const i of clique) for (const e of cliques[i]!) outside[e] = weightOf(members[e]!);
    for (const i of clique) for (const e of cliques[i]!) outside[e] = outside[e]! - groups[i]!.length;
    const alike = new Map<string, number>();
    for (const i of clique) {
      near[i] = near[i]!.filter((j) => groups[j]!.length > 0 && seen[j] !== pivot);
      cliques[i] = cliques[i]!.filter((e) => outside[e]! > 0);
      degree[i] = cliques[i]!.reduce((sum, e) => sum + outside[e]!, weightOf(near[i]!));
      // Unknowns without neighbours beyond the clique go with the pivot, those with the same ones together.
      const key = `${cliques[i]};${near[i]}`;
      const first = degree[i] === 0 ? pivot : alike.get(key);
      if (first === undefined) alike.set(key, i);
      else groups[first]!.push(...groups[i]!.splice(0));
      cliques[i]!.push(pivot);
    }
    const group = groups[pivot]!.splice(0);
    order.push(...group);
    members[pivot] = clique.filter((i) => groups[i]!.length > 0);
    const size = weightOf(members[pivot]!);
    for (const i of members[pivot]!) {
      degree[i] = Math.min(degree[i]! + size, n - last.length - order.length) - groups[i]!.length;
      byDegree[degree[i]!]!.push(i);
      lowest = Math.min(lowest, degree[i]!);
    }
    const [w, m] = [group.length, size + last.length];
    entries += w * (w + 2 * m);
    products += w * m * (w + m) + w ** 3 / 3;
  }
  return { order: Int32Array.from([...order, ...last]), entries, products };
}
