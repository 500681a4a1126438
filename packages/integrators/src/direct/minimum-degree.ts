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
  new MinimumDegree(pattern.union(pattern.transposed(), false)).eliminate(),
);

class MinimumDegree {
  readonly #n: number;
  /** For each unknown: its neighbours outside of cliques, and its cliques. A clique is named by the unknown
   *  whose elimination made it. */
  readonly #near: number[][];
  readonly #cliques: number[][];
  readonly #members: (number[] | undefined)[] = [];
  /** The unknowns that are eliminated together with an unknown; empty after its elimination. */
  readonly #groups: number[][];
  readonly #degree: Int32Array;
  /** Unknowns by their degree; those whose degree has changed since are left behind. */
  readonly #byDegree: number[][];
  #lowest = 0;
  readonly #seen: Int32Array;
  readonly #order: number[] = [];
  /** Rows that are nearly full: they would only hide the degrees of the others. */
  readonly #last: number[] = [];
  #entries: number;
  #products: number;

  /** @param graph symmetric, without its diagonal */
  constructor({ n, starts, rows }: SparsePattern) {
    this.#n = n;
    this.#near = Array.from({ length: n }, (_, i) => [...rows.subarray(starts[i]!, starts[i + 1]!)]);
    this.#cliques = Array.from({ length: n }, () => []);
    this.#groups = Array.from({ length: n }, (_, i) => [i]);
    this.#degree = Int32Array.from(this.#near, (each) => each.length);
    this.#byDegree = Array.from({ length: n + 1 }, () => []);
    this.#seen = new Int32Array(n).fill(-1);
    const full = Math.max(16, 10 * Math.sqrt(n));
    for (let i = n - 1; i >= 0; i--) {
      if (this.#degree[i]! <= full) this.#byDegree[this.#degree[i]!]!.push(i);
      else this.#last.push(...this.#groups[i]!.splice(0));
    }
    this.#entries = this.#last.length ** 2;
    this.#products = this.#last.length ** 3 / 3;
  }

  eliminate(): Elimination {
    while (this.#order.length + this.#last.length < this.#n) {
      const pivot = this.#byDegree[this.#lowest]!.pop();
      if (pivot === undefined) this.#lowest++;
      else if (this.#weight(pivot) > 0 && this.#degree[pivot] === this.#lowest) this.#take(pivot);
    }
    const order = Int32Array.from([...this.#order, ...this.#last]);
    return { order, entries: this.#entries, products: this.#products };
  }

  #weight(i: number): number {
    return this.#groups[i]!.length;
  }

  #weightOf(some: readonly number[]): number {
    return some.reduce((sum, i) => sum + this.#weight(i), 0);
  }

  #take(pivot: number): void {
    poll();
    const clique = this.#neighboursOf(pivot);
    this.#update(pivot, clique);
    this.#order.push(...this.#groups[pivot]!);
    const alive = clique.filter((i) => this.#weight(i) > 0);
    const size = this.#weightOf(alive);
    const left = this.#n - this.#last.length - this.#order.length;
    for (const i of alive) {
      const most = left - this.#weight(i);
      const degree = Math.max(0, Math.min(this.#degree[i]! + size - this.#weight(i), most));
      this.#degree[i] = degree;
      this.#byDegree[degree]!.push(i);
      this.#lowest = Math.min(this.#lowest, degree);
    }
    this.#members[pivot] = alive;
    const [w, m] = [this.#weight(pivot), size + this.#last.length];
    this.#entries += w * (w + 2 * m);
    this.#products += w * m * (w + m) + w ** 3 / 3;
    this.#groups[pivot] = [];
  }

  /** They become a clique; the cliques that the pivot was in go up in it. */
  #neighboursOf(pivot: number): number[] {
    const found: number[] = [];
    this.#seen[pivot] = pivot;
    const take = (some: readonly number[]) => {
      for (const i of some) {
        if (this.#weight(i) === 0 || this.#seen[i] === pivot) continue;
        this.#seen[i] = pivot;
        found.push(i);
      }
    };
    for (const e of this.#cliques[pivot]!) {
      take(this.#members[e] ?? []);
      this.#members[e] = undefined;
    }
    take(this.#near[pivot]!);
    return found;
  }

  /** Bounds the degrees of the clique's unknowns outside of it. Those without neighbours there go with the
   *  pivot, and those with the same ones go together. */
  #update(pivot: number, clique: readonly number[]): void {
    const outside = this.#outsideOf(clique);
    const alike = new Map<string, number>();
    for (const i of clique) {
      const others = this.#cliques[i]!.filter((e) => (outside.get(e) ?? 0) > 0).sort(rising);
      const rest = this.#near[i]!.filter((j) => this.#weight(j) > 0 && this.#seen[j] !== pivot).sort(rising);
      const beyond = others.reduce((sum, e) => sum + outside.get(e)!, this.#weightOf(rest));
      this.#degree[i] = Math.min(this.#degree[i]!, beyond);
      const key = `${others};${rest}`;
      const first = beyond === 0 ? pivot : alike.get(key);
      if (first === undefined) alike.set(key, i);
      else this.#groups[first]!.push(...this.#groups[i]!.splice(0));
      this.#cliques[i] = [...others, pivot];
      this.#near[i] = rest;
    }
    for (const [e, beyond] of outside) if (beyond === 0) this.#members[e] = undefined;
  }

  /** How much of each older clique lies outside of the one at hand. */
  #outsideOf(clique: readonly number[]): Map<number, number> {
    const outside = new Map<number, number>();
    for (const i of clique) {
      for (const e of this.#cliques[i]!) {
        const members = this.#members[e];
        if (members === undefined) continue;
        outside.set(e, (outside.get(e) ?? this.#weightOf(members)) - this.#weight(i));
      }
    }
    return outside;
  }
}

const rising = (a: number, b: number): number => a - b;
