import { misuse } from "../errors.ts";
import { requireOrder } from "./rooted-trees.ts";

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

/** T^-1 A^-1 T has the block [[re, -im], [im, re]], below the real eigenvalue if there are three stages. */
export interface Splitting {
  readonly real?: number;
  readonly re: number;
  readonly im: number;
  readonly t: readonly (readonly number[])[];
  /** With z = h A k, (e . z) / h + f(t, y) is the error estimate before the filter, of three stages. */
  readonly errorWeights: readonly number[];
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
  /** Of fully implicit methods. */
  readonly split?: Splitting;
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
  const times = (rows: readonly (readonly number[])[]) => (v: number[]) =>
    rows.map((row) => row.reduce((sum, x, j) => sum + x * v[j]!, 0));
  const { embedded, dense } = given;
  for (const [what, solution] of [
    ["solution", given],
    ["embedded solution", embedded],
    ["second embedded solution", embedded?.companion],
  ] as const) {
    if (solution === undefined) continue;
    const size = 1 + solution.b.reduce((sum, x) => sum + Math.abs(x), 0);
    requireOrder(`tableau of ${name}: the ${what}`, solution.b, solution.order, times(a), 1e-13 * size);
  }
  const all = times([...a, ...(dense.extra?.a ?? [])]);
  for (const x of [0.25, 0.7, 1]) {
    const weights = dense.weights.map((row) => row.reduceRight((sum, w) => (sum + w) * x, 0));
    requireOrder(`tableau of ${name}: at ${x} the continuous weights`, weights, dense.order, all, 1e-11, x);
    if (x < 1) continue;
    weights.forEach((w, i) => {
      const end = given.b[i] ?? 0;
      if (Math.abs(w - end) > 1e-12) fail(`continuous weight ${i + 1} ends at ${w}, expected ${end}`);
    });
  }
  return { ...given, a };
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
