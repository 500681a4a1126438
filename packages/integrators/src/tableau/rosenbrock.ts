import { misuse } from "../errors.ts";
import { requireOrder } from "./rooted-trees.ts";

/** A Rosenbrock method in the form that needs no product with J (Hairer and Wanner II, IV.7): with W = I / (h
 *  gamma) - J,
 *    W u_i = f(t + alpha_i h, y + sum_j a_ij u_j) + sum_j (c_ij / h) u_j + h d_i df/dt,   y_new = y + sum_i
 *    m_i u_i,
 *  and the error estimate sum_i e_i u_i. */
export interface RosenbrockTableau {
  readonly gamma: number;
  readonly a: readonly (readonly number[])[];
  readonly c: readonly (readonly number[])[];
  readonly m: readonly number[];
  readonly e: readonly number[];
  readonly alpha: readonly number[];
  readonly d: readonly number[];
  readonly order: number;
  readonly embeddedOrder: number;
  /** Factor on the error estimate, as for `EmbeddedWeights`. Default 1. */
  readonly errorScale?: number;
  /** The method is exact for y' = y^2, even beyond the pole of its solution. So its error estimate does not
   *  see a step over an explosion. Steps over an explosion move against the slopes at both ends. */
  readonly exactForRiccati?: true;
  /** Rows H_k of the continuous extension y(t + x h) = (1 - x) y + x (y_new + (1 - x) (H_1 + x (H_2 + x
   *  H_3))) applied to the u_i, of order denseOrder for every x. */
  readonly dense: readonly (readonly number[])[];
  readonly denseOrder: number;
}

/** The same method as its stages are usually written: k_i = h f(y + sum alpha_ij k_j) + h J sum gamma_ij
 *  k_j. */
export interface RosenbrockMatrices {
  readonly alpha: number[][];
  /** beta = alpha + gamma; its diagonal is gamma. */
  readonly beta: number[][];
  readonly b: number[];
  readonly bEmbedded: number[];
  /** Weights at x of the continuous extension. */
  bAt(x: number): number[];
}

/** u = Gamma k, hence Gamma^-1 = I / gamma - C, alpha = A Gamma, b = m^T Gamma. */
export function rosenbrockMatrices(tableau: RosenbrockTableau): RosenbrockMatrices {
  const s = tableau.m.length;
  const at = (rows: readonly (readonly number[])[], i: number, j: number) => rows[i]?.[j] ?? 0;
  const gamma: number[][] = Array.from({ length: s }, () => new Array<number>(s).fill(0));
  for (let j = 0; j < s; j++) {
    for (let i = j; i < s; i++) {
      let sum = i === j ? 1 : 0;
      for (let k = j; k < i; k++) sum += at(tableau.c, i, k) * gamma[k]![j]!;
      gamma[i]![j] = sum * tableau.gamma;
    }
  }
  const times = (row: readonly number[]) =>
    gamma.map((_, j) => gamma.reduce((sum, g, k) => sum + (row[k] ?? 0) * g[j]!, 0));
  const alpha = gamma.map((_, i) => times(tableau.a[i] ?? []));
  return {
    alpha,
    beta: alpha.map((row, i) => row.map((x, j) => x + gamma[i]![j]!)),
    b: times(tableau.m),
    bEmbedded: times(tableau.m.map((m, i) => m - tableau.e[i]!)),
    bAt: (x) =>
      times(
        tableau.m.map((m, i) => {
          const inner = tableau.dense.reduceRight((sum, row) => sum * x + row[i]!, 0);
          return x * (m + (1 - x) * inner);
        }),
      ),
  };
}

/** Returns the tableau after checking row sums and every order condition. In the conditions, a vertex with
 *  one child has beta, and a vertex with several has alpha (Hairer and Wanner II, IV.7, theorem 7.4). */
export function rosenbrockTableau(name: string, tableau: RosenbrockTableau): RosenbrockTableau {
  const fail = (what: string): never => {
    throw misuse("bad_tableau", `tableau of ${name}: ${what}`);
  };
  const { alpha, beta, b, bEmbedded, bAt } = rosenbrockMatrices(tableau);
  alpha.forEach((row, i) => {
    const sum = row.reduce((total, x) => total + x, 0);
    const diagonal = beta[i]!.reduce((total, x, j) => total + x - row[j]!, 0);
    if (Math.abs(sum - tableau.alpha[i]!) > 1e-12)
      fail(`alpha_${i + 1} is ${tableau.alpha[i]}, its row sums to ${sum}`);
    if (Math.abs(diagonal - tableau.d[i]!) > 1e-12)
      fail(`d_${i + 1} is ${tableau.d[i]}, its row sums to ${diagonal}`);
  });
  const product = (v: number[], onlyChild: boolean) =>
    (onlyChild ? beta : alpha).map((row) => row.reduce((sum, x, j) => sum + x * v[j]!, 0));
  const check = (weights: readonly number[], order: number, what: string, x?: number) =>
    requireOrder(`tableau of ${name}: ${what}`, weights, order, product, 1e-12, x);
  check(b, tableau.order, "the solution");
  check(bEmbedded, tableau.embeddedOrder, "the embedded solution");
  for (const x of [0.25, 0.7, 1]) check(bAt(x), tableau.denseOrder, `the continuous extension at ${x}`, x);
  return tableau;
}
