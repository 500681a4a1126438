import { filled } from "../src/tableau/butcher.ts";
import { rosenbrockMatrices } from "../src/tableau/rosenbrock.ts";
import type { ButcherTableau, RosenbrockTableau } from "../src/tableaus.ts";
import { elementaryWeight, rootedTrees } from "./rooted-trees.ts";

type Product = Parameters<typeof elementaryWeight>[2];
type Rows = readonly (readonly number[])[];

const sumOf = (row: readonly number[]) => row.reduce((sum, x) => sum + x, 0);
const times = (rows: Rows) => (v: readonly number[]) =>
  rows.map((row) => row.reduce((sum, x, j) => sum + x * v[j]!, 0));

/** Throws where weights of the stages miss an order condition of y(t + x h). */
function requireOrder(
  what: string,
  weights: readonly number[],
  order: number,
  product: Product,
  tolerance: number,
  x = 1,
) {
  for (const tree of rootedTrees(order)) {
    const residual = elementaryWeight(tree, weights, product) - x ** tree.order / tree.density;
    if (Math.abs(residual) <= tolerance) continue;
    throw new Error(`${what} misses an order condition of order ${tree.order} by ${residual}`);
  }
}

function requireClose(what: string, given: number, expected: number, tolerance: number): void {
  if (!(Math.abs(given - expected) <= tolerance))
    throw new Error(`${what} is ${given}, expected ${expected}`);
}

/** Row sums, every order condition of the solution and of the embedded ones, continuous weights that end at
 *  b. */
export function requireRungeKutta(given: ButcherTableau): void {
  const tableau = filled(given);
  const { a, b, c, embedded, dense } = tableau;
  const { extra = { a: [], c: [] } } = dense;
  if (given.b.length > a.length || c.length !== a.length) throw new Error("a, b and c have different sizes");
  const nodes = [...c, ...extra.c];
  const rows = [...a, ...extra.a];
  rows.forEach((row, i) => {
    requireClose(`the sum of row ${i + 1}`, sumOf(row), nodes[i]!, 1e-13);
  });
  for (const [what, solution] of [
    ["solution", tableau],
    ["embedded solution", embedded],
    ["second embedded solution", embedded?.companion],
  ] as const) {
    if (solution === undefined) continue;
    const size = 1 + sumOf(solution.b.map(Math.abs));
    requireOrder(`the ${what}`, solution.b, solution.order, times(a), 1e-13 * size);
  }
  for (const x of [0.25, 0.7, 1]) {
    const weights = dense.weights.map((row) => row.reduceRight((sum, w) => (sum + w) * x, 0));
    requireOrder(`the dense output at ${x}`, weights, dense.order, times(rows), 1e-11, x);
    if (x < 1) continue;
    weights.forEach((w, i) => {
      requireClose(`the end of continuous weight ${i + 1}`, w, b[i] ?? 0, 1e-12);
    });
  }
}

/** Row sums and every order condition. In the conditions, a vertex with one child has beta, and a vertex with
 *  several has alpha (Hairer and Wanner II, IV.7, theorem 7.4). */
export function requireRosenbrock(tableau: RosenbrockTableau): void {
  const { a, m, e, d, dense, order, embeddedOrder, denseOrder } = tableau;
  const { a: beta, b } = rosenbrockMatrices(tableau);
  // A row of the u_i, as weights of the k_i.
  const weightsOf = (row: readonly number[]) =>
    rosenbrockMatrices({ ...tableau, m: m.map((_, i) => row[i] ?? 0) }).b;
  const alpha = a.map(weightsOf);
  alpha.forEach((row, i) => {
    requireClose(`the sum of row ${i + 1} of alpha`, sumOf(row), tableau.alpha[i]!, 1e-12);
    requireClose(`the sum of row ${i + 1} of gamma`, sumOf(beta[i]!) - sumOf(row), d[i]!, 1e-12);
  });
  const product = (v: number[], onlyChild: boolean) => times(onlyChild ? beta : alpha)(v);
  requireOrder("the solution", b, order, product, 1e-12);
  requireOrder("the embedded solution", weightsOf(m.map((x, i) => x - e[i]!)), embeddedOrder, product, 1e-12);
  for (const x of [0.25, 0.7, 1]) {
    const weights = weightsOf(
      m.map((mi, i) => x * (mi + (1 - x) * dense.reduceRight((sum, row) => sum * x + row[i]!, 0))),
    );
    requireOrder(`the dense output at ${x}`, weights, denseOrder, product, 1e-12, x);
  }
}
