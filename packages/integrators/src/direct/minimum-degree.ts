import type { SparsePattern } from "../matrix/pattern.ts";

/** An order of elimination that keeps the fill of a symmetric pattern (without its diagonal) low: always an
 *  unknown with about the fewest neighbours next. What has been eliminated is remembered as cliques, so that
 *  the work does not grow with the fill; unknowns with the same neighbours are eliminated together; degrees
 *  are upper bounds. @see Amestoy, Davis and Duff, An approximate minimum degree ordering algorithm, 1996 */
export function minimumDegree(graph: SparsePattern): Int32Array {
  return new MinimumDegree(graph).order();
}

class MinimumDegree {
  readonly #n: number;
  /** Of each unknown: the cliques that it is in, then its neighbours outside of them. Never grows. */
  readonly #lists: Int32Array;
  readonly #starts: Int32Array;
  readonly #cliqueCount: Int32Array;
  readonly #length: Int32Array;
  /** Unknowns of each clique, named by the unknown whose elimination made it. */
  readonly #members: (Int32Array | undefined)[];
  readonly #cliqueSize: Int32Array;
  /** How many unknowns each stands for; negative while in the clique at hand, 0 once it is gone. */
  readonly #weight: Int32Array;
  readonly #degree: Int32Array;
  /** Lists of the unknowns of each degree. */
  readonly #head: Int32Array;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  /** The part of a clique outside of the one at hand, plus `#mark`. */
  readonly #outside: Float64Array;
  #mark = 1;
  /** What is eliminated right after an unknown: a chain, and its end. */
  readonly #follower: Int32Array;
  readonly #tail: Int32Array;
  readonly #kept: Int32Array;
  readonly #hash: Int32Array;
  #lowest = 0;
  #left: number;

  constructor({ n, starts, rows }: SparsePattern) {
    this.#n = n;
    this.#left = n;
    this.#lists = rows.slice();
    this.#starts = starts;
    this.#cliqueCount = new Int32Array(n);
    this.#length = new Int32Array(n);
    this.#members = new Array<Int32Array | undefined>(n);
    this.#cliqueSize = new Int32Array(n);
    this.#weight = new Int32Array(n).fill(1);
    this.#degree = new Int32Array(n);
    this.#head = new Int32Array(n + 1).fill(-1);
    this.#next = new Int32Array(n).fill(-1);
    this.#previous = new Int32Array(n).fill(-1);
    this.#outside = new Float64Array(n);
    this.#follower = new Int32Array(n).fill(-1);
    this.#tail = Int32Array.from({ length: n }, (_, i) => i);
    this.#kept = new Int32Array(n + 1);
    this.#hash = new Int32Array(n);
  }

  order(): Int32Array {
    const n = this.#n;
    const full = Math.max(16, 10 * Math.sqrt(n));
    const last: number[] = [];
    for (let i = 0; i < n; i++) {
      this.#length[i] = this.#starts[i + 1]! - this.#starts[i]!;
      this.#degree[i] = this.#length[i]!;
      // A row that is nearly full would only hide the others' degrees: to the end with it.
      if (this.#length[i]! > full) {
        this.#weight[i] = 0;
        last.push(i);
      } else this.#enlist(i);
    }
    this.#left -= last.length;
    const order = new Int32Array(n);
    let done = 0;
    while (this.#left > 0) {
      const pivot = this.#pick();
      this.#eliminate(pivot);
      for (let i = pivot; i >= 0; i = this.#follower[i]!) order[done++] = i;
    }
    for (const i of last) order[done++] = i;
    return order;
  }

  #enlist(i: number): void {
    const degree = this.#degree[i]!;
    const first = this.#head[degree]!;
    this.#next[i] = first;
    this.#previous[i] = -1;
    if (first >= 0) this.#previous[first] = i;
    this.#head[degree] = i;
    if (degree < this.#lowest) this.#lowest = degree;
  }

  #delist(i: number): void {
    const before = this.#previous[i]!;
    const after = this.#next[i]!;
    if (before >= 0) this.#next[before] = after;
    else this.#head[this.#degree[i]!] = after;
    if (after >= 0) this.#previous[after] = before;
  }

  #pick(): number {
    while (this.#head[this.#lowest]! < 0) this.#lowest++;
    const pivot = this.#head[this.#lowest]!;
    this.#delist(pivot);
    return pivot;
  }

  #eliminate(pivot: number): void {
    const weight = this.#weight;
    const clique = this.#gather(pivot);
    this.#measureOutside(clique);
    const remaining: number[] = [];
    const buckets = new Map<number, number[]>();
    for (const i of clique) {
      if (!this.#update(pivot, i)) continue;
      remaining.push(i);
      const hash = this.#hash[i]!;
      const bucket = buckets.get(hash);
      if (bucket === undefined) buckets.set(hash, [i]);
      else bucket.push(i);
    }
    for (const bucket of buckets.values()) if (bucket.length > 1) this.#merge(bucket);
    this.#left += weight[pivot]!;
    weight[pivot] = 0;
    const alive = remaining.filter((i) => weight[i] !== 0);
    let size = 0;
    for (const i of alive) {
      const own = -weight[i]!;
      weight[i] = own;
      size += own;
    }
    for (const i of alive) {
      const most = this.#left - weight[i]!;
      this.#degree[i] = Math.max(0, Math.min(this.#degree[i]! + size - weight[i]!, most));
      this.#enlist(i);
    }
    this.#members[pivot] = Int32Array.from(alive);
    this.#cliqueSize[pivot] = size;
  }

  /** The neighbours of a pivot, which become a clique; the cliques that it was in go up in it. */
  #gather(pivot: number): number[] {
    const weight = this.#weight;
    const lists = this.#lists;
    const clique: number[] = [];
    weight[pivot] = -weight[pivot]!;
    const take = (i: number): void => {
      if (weight[i]! <= 0) return;
      weight[i] = -weight[i]!;
      this.#delist(i);
      clique.push(i);
    };
    const start = this.#starts[pivot]!;
    const middle = start + this.#cliqueCount[pivot]!;
    for (let at = start; at < middle; at++) {
      const old = lists[at]!;
      const members = this.#members[old];
      if (members === undefined) continue;
      for (let k = 0; k < members.length; k++) take(members[k]!);
      this.#members[old] = undefined;
    }
    for (let at = middle; at < start + this.#length[pivot]!; at++) take(lists[at]!);
    return clique;
  }

  #measureOutside(clique: readonly number[]): void {
    const outside = this.#outside;
    const lists = this.#lists;
    this.#mark += this.#n + 1;
    const mark = this.#mark;
    for (const i of clique) {
      const own = -this.#weight[i]!;
      const start = this.#starts[i]!;
      for (let at = start; at < start + this.#cliqueCount[i]!; at++) {
        const other = lists[at]!;
        if (this.#members[other] === undefined) continue;
        if (outside[other]! < mark) outside[other] = this.#cliqueSize[other]! + mark;
        outside[other] = outside[other]! - own;
      }
    }
  }

  /** Writes the lists of a member of the clique anew and bounds its degree outside of it. False when it has
   *  no neighbours there, and is eliminated with the pivot. */
  #update(pivot: number, i: number): boolean {
    const weight = this.#weight;
    const lists = this.#lists;
    const kept = this.#kept;
    const start = this.#starts[i]!;
    const middle = start + this.#cliqueCount[i]!;
    let degree = 0;
    let hash = pivot;
    let count = 1;
    kept[0] = pivot;
    for (let at = start; at < middle; at++) {
      const other = lists[at]!;
      if (this.#members[other] === undefined) continue;
      const size = this.#outside[other]! - this.#mark;
      if (size <= 0) {
        // It lies within the clique at hand.
        this.#members[other] = undefined;
        continue;
      }
      degree += size;
      hash = (hash + other) | 0;
      kept[count++] = other;
    }
    const cliques = count;
    for (let at = middle; at < start + this.#length[i]!; at++) {
      const j = lists[at]!;
      if (weight[j]! <= 0) continue;
      degree += weight[j]!;
      hash = (hash + j) | 0;
      kept[count++] = j;
    }
    if (count === 1) {
      this.#follow(pivot, i);
      return false;
    }
    for (let k = 0; k < count; k++) lists[start + k] = kept[k]!;
    this.#cliqueCount[i] = cliques;
    this.#length[i] = count;
    this.#degree[i] = Math.min(this.#degree[i]!, degree);
    this.#hash[i] = hash;
    return true;
  }

  /** i is eliminated right after `first`, with the same neighbours. */
  #follow(first: number, i: number): void {
    this.#weight[first] = this.#weight[first]! + this.#weight[i]!;
    this.#weight[i] = 0;
    this.#follower[this.#tail[first]!] = i;
    this.#tail[first] = this.#tail[i]!;
  }

  /** Unknowns of equal lists become one. */
  #merge(bucket: readonly number[]): void {
    const weight = this.#weight;
    for (let a = 0; a < bucket.length; a++) {
      const first = bucket[a]!;
      if (weight[first] === 0) continue;
      let entries: Set<number> | undefined;
      for (let b = a + 1; b < bucket.length; b++) {
        const second = bucket[b]!;
        if (weight[second] === 0 || this.#length[second] !== this.#length[first]) continue;
        if (this.#cliqueCount[second] !== this.#cliqueCount[first]) continue;
        entries ??= new Set(this.#entriesOf(first));
        if (this.#entriesOf(second).every((each) => entries!.has(each))) this.#follow(first, second);
      }
    }
  }

  /** Cliques as they are, neighbours as negative numbers. */
  #entriesOf(i: number): number[] {
    const start = this.#starts[i]!;
    const out: number[] = [];
    for (let k = 0; k < this.#length[i]!; k++) {
      out.push(k < this.#cliqueCount[i]! ? this.#lists[start + k]! : -1 - this.#lists[start + k]!);
    }
    return out;
  }
}
