import { misuse } from "../errors.ts";
import { elementaryWeight, rootedTrees } from "./rooted-trees.ts";

/** Weights of the embedded solution, and its order. */
export interface EmbeddedWeights {
  readonly b: readonly number[];
  readonly order: number;
  /** Factor on the difference of the two solutions, where that is known to be a timid estimate of the error
   *  (tolerance calibration, Soderlind and Wang 2006). Default 1. */
  readonly scale?: number;
  /** A second embedded solution, of lower order: with the estimates e and e3 of the two, the error is
   *  e |e| / sqrt(|e|^2 + 0.01 |e3|^2), of order 2 order - companion.order (Hairer's DOP853). */
  readonly companion?: { readonly b: readonly number[]; readonly order: number };
}

/** A Runge-Kutta method: k_i = f(t + c_i h, y + h sum_j a_ij k_j), y_new = y + h sum_i b_i k_i. */
export interface ButcherTableau {
  readonly a: readonly (readonly number[])[];
  readonly b: readonly number[];
  readonly c: readonly number[];
  readonly order: number;
  readonly embedded?: EmbeddedWeights;
  /** Continuous weights: y(t + x h) = y + h sum_i (sum_m weights[i][m] x^(m + 1)) k_i, of the given order for
   *  every x. */
  readonly dense: {
    readonly weights: readonly (readonly number[])[];
    readonly order: number;
    /** Further stages, made when dense output is asked for. */
    readonly extra?: { readonly a: readonly (readonly number[])[]; readonly c: readonly number[] };
  };
}

/** Returns the tableau, rows filled up to squares, after checking sizes, row sums, every order condition of
 *  the solution and of the embedded one, and that the continuous weights end at b. A slip in a coefficient
 *  throws `bad_tableau`. */
export function butcherTableau(name: string, tableau: ButcherTableau): ButcherTableau {
  const s = tableau.a.length;
  const pad = (row: readonly number[]) => Array.from({ length: s }, (_, j) => row[j] ?? 0);
  const given = { ...tableau, b: pad(tableau.b) };
  const fail = (what: string): never => {
    throw misuse("bad_tableau", `tableau of ${name}: ${what}`);
  };
  if (tableau.b.length > s || given.c.length !== s) fail(`a, b and c have different sizes`);
  const a = given.a.map(pad);
  const c = [...given.c, ...(given.dense.extra?.c ?? [])];
  [...a, ...(given.dense.extra?.a ?? [])].forEach((row, i) => {
    const sum = row.reduce((total, x) => total + x, 0);
    if (Math.abs(sum - c[i]!) > 1e-13) fail(`row ${i + 1} sums to ${sum}, expected c = ${c[i]}`);
  });
  const product = (v: number[]) => a.map((row) => row.reduce((sum, x, j) => sum + x * v[j]!, 0));
  const check = (b: readonly number[], order: number, what: string) => {
    const size = 1 + b.reduce((sum, x) => sum + Math.abs(x), 0);
    for (const tree of rootedTrees(order)) {
      const residual = elementaryWeight(tree, b, product) - 1 / tree.density;
      if (!(Math.abs(residual) <= 1e-13 * size)) {
        fail(`${what} misses an order condition of order ${tree.order} by ${residual}`);
      }
    }
  };
  check(given.b, given.order, "the solution");
  if (given.embedded) check(given.embedded.b, given.embedded.order, "the embedded solution");
  const companion = given.embedded?.companion;
  if (companion) check(companion.b, companion.order, "the second embedded solution");
  checkDense(given, a, fail);
  return { ...given, a };
}

function checkDense(
  { b, dense }: ButcherTableau,
  main: readonly (readonly number[])[],
  fail: (what: string) => never,
): void {
  const a = [...main, ...(dense.extra?.a ?? [])];
  const product = (v: number[]) => a.map((row) => row.reduce((sum, x, j) => sum + x * v[j]!, 0));
  for (const x of [0.25, 0.7, 1]) {
    const weights = dense.weights.map((row) => row.reduceRight((sum, w) => (sum + w) * x, 0));
    for (const tree of rootedTrees(dense.order)) {
      const residual = elementaryWeight(tree, weights, product) - x ** tree.order / tree.density;
      if (!(Math.abs(residual) <= 1e-11)) {
        fail(`the continuous weights miss a condition of order ${tree.order} at ${x} by ${residual}`);
      }
    }
    if (x === 1) {
      weights.forEach((w, i) => {
        if (Math.abs(w - (b[i] ?? 0)) > 1e-12)
          fail(`continuous weight ${i + 1} ends at ${w}, expected ${b[i] ?? 0}`);
      });
    }
  }
}

/** Continuous weights of the cubic that has the values at both ends and the slopes k_1 and k_s there. For
 *  methods whose last stage is the slope at the end of the step. */
export function hermiteWeights(b: readonly number[]): number[][] {
  const s = b.length;
  return b.map((w, i) => {
    const first = i === 0 ? 1 : 0;
    const last = i === s - 1 ? 1 : 0;
    return [first, 3 * w - 2 * first - last, first + last - 2 * w];
  });
}

/** Weights of the error estimate. */
export function embeddedDifference(b: readonly number[], embedded: EmbeddedWeights): Float64Array {
  return Float64Array.from(b, (w, i) => (embedded.scale ?? 1) * (w - embedded.b[i]!));
}

/** Weights of the companion's estimate, where there is one. */
export function companionDifference(
  b: readonly number[],
  { companion }: EmbeddedWeights,
): Float64Array | undefined {
  return companion && Float64Array.from(b, (w, i) => w - companion.b[i]!);
}

/** The error estimate behaves like h^(this + 1). */
export function estimateOrder({ order, companion }: EmbeddedWeights): number {
  return companion ? 2 * order - companion.order : order;
}

/** Whether the end of a step is its last stage. */
export function isStifflyAccurate({ a, b }: ButcherTableau): boolean {
  return a[b.length - 1]!.every((x, j) => x === b[j]);
}
