import { IntegratorError } from "./errors.ts";
import { forEachEntry } from "./jacobian/layout.ts";
import { DenseLu } from "./linear/dense-lu.ts";
import type { RealLu } from "./linear/factorisation.ts";
import { PivotingLu } from "./linear/pivoting-lu.ts";
import { realLu } from "./linear/real-lu.ts";
import { patternOfEntries } from "./linear/sparse-pattern.ts";
import type { System } from "./system.ts";

/** y0 with its algebraic unknowns moved until the equations without a derivative hold, by Newton's
 *  iteration; the others stay. Undefined when it does not converge, or when these equations do not
 *  determine these unknowns. */
export function consistentStart(
  system: System,
  t: number,
  y0: Float64Array,
  weights: Float64Array,
): Float64Array | undefined {
  const mass = system.mass!;
  const { n } = system;
  const { algebraicRows: rows, algebraicColumns: columns } = mass;
  // Of a higher index, the equations do not give the unknowns: y0 is taken at its word.
  if (rows.length === 0 || system.problem.index !== undefined) return y0;
  const y = y0.slice();
  const f = new Float64Array(n);
  if (system.layout.storage === "point") {
    throw new IntegratorError(
      "equations without a derivative need a Jacobian to begin with: give sparsity or band instead of krylov",
      { code: "bad_krylov" },
    );
  }
  const jac = system.newJacobian();
  let block: AlgebraicBlock | undefined;
  const step = new Float64Array(rows.length);
  for (let iteration = 0; iteration < 30; iteration++) {
    system.f(t, y, f);
    const residual = rows.reduce((largest, i) => Math.max(largest, Math.abs(f[i]!)), 0);
    if (residual === 0) return y;
    if (columns.length !== rows.length || !system.jacobian(t, y, weights, 0, jac, f)) return undefined;
    block ??= new AlgebraicBlock(system);
    rows.forEach((i, a) => {
      step[a] = f[i]!;
    });
    // 0 I - (-J) = J; what is solved for is -J^-1 f.
    if (!block.factor(jac)) return undefined;
    block.solve(step);
    let size = 0;
    columns.forEach((j, b) => {
      y[j] = y[j]! + step[b]!;
      size = Math.max(size, Math.abs(step[b]!) / weights[j]!);
    });
    if (!Number.isFinite(size)) return undefined;
    if (size < 1e-6) return y;
  }
  return undefined;
}

/** The Jacobian's rows without a derivative and its columns of unknowns without one, factorised: dense where
 *  all of it is stored so, else by its entries. */
class AlgebraicBlock {
  readonly #lu: RealLu;
  readonly #values: Float64Array;
  /** Where its entries are in the Jacobian, and in the block. */
  readonly #sources: number[] = [];
  readonly #places: number[] = [];

  constructor({ n, layout, mass }: System) {
    const { algebraicRows, algebraicColumns } = mass!;
    const count = algebraicRows.length;
    const rank = (list: readonly number[]) => new Map(list.map((i, a) => [i, a]));
    const [rowRank, columnRank] = [rank(algebraicRows), rank(algebraicColumns)];
    const rows: number[] = [];
    const columns: number[] = [];
    forEachEntry(layout, n, (i, j, at) => {
      const [a, b] = [rowRank.get(i), columnRank.get(j)];
      if (a === undefined || b === undefined) return;
      rows.push(a);
      columns.push(b);
      this.#sources.push(at);
    });
    const sparse = layout.storage !== "dense";
    const pattern = sparse ? patternOfEntries(count, rows, columns) : undefined;
    const complete = pattern?.union(pattern, true);
    rows.forEach((a, e) => {
      this.#places.push(complete === undefined ? a + count * columns[e]! : complete.find(a, columns[e]!));
    });
    this.#values = new Float64Array(complete?.size ?? count * count);
    this.#lu = complete === undefined ? new DenseLu(count) : new PivotingLu(complete);
  }

  factor(jac: Float64Array): boolean {
    this.#places.forEach((place, e) => {
      this.#values[place] = jac[this.#sources[e]!]!;
    });
    return this.#lu.factor(this.#values, 0);
  }

  solve(b: Float64Array): void {
    this.#lu.solve(b);
  }
}

/** y' to begin with, from the difference of two tiny linearly implicit Euler steps: what is inconsistent
 *  in y is in both. */
export function startingSlope(
  system: System,
  t: number,
  y: Float64Array,
  weights: Float64Array,
  tiny: number,
): Float64Array {
  const jac = system.newJacobian();
  const slope = new Float64Array(system.n);
  system.f(t, y, slope);
  system.jacobian(t, y, weights, tiny, jac, slope);
  const lu = realLu(system, 1e-3);
  const [short, long] = [tiny, 2 * tiny].map((size) => {
    const step = slope.slice();
    if (!lu.factor(jac, 1 / size)) return step.fill(0);
    lu.solve(step);
    return step;
  });
  return slope.map((_, i) => {
    const x = (long![i]! - short![i]!) / tiny;
    return Number.isFinite(x) ? x : 0;
  });
}
