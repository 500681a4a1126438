import { factorisationOf } from "./direct/direct-solver.ts";
import type { Factorisation } from "./direct/factorisation.ts";
import { misuse } from "./errors.ts";
import { matrixFor } from "./jacobian/form.ts";
import { linearisationOf } from "./jacobian/linearisations.ts";
import type { MassMatrix } from "./matrix/mass-matrix.ts";
import type { Matrix } from "./matrix/matrix.ts";
import { patternOfEntries } from "./matrix/pattern.ts";
import type { System } from "./system.ts";

/** Newton's iteration has converged when a step is below the first part of the tolerance. It has also
 *  converged when a step is below the second part and no longer shrinks: the rest is rounding. */
const ENOUGH = 1e-6;
const STAGNANT = 1e-2;

/** y0 moved until the equations without a derivative hold, by Newton's iteration, along the directions whose
 *  derivatives appear nowhere. Undefined when it does not converge, or when these equations do not determine
 *  these directions. */
export function consistentStart(
  system: System,
  t: number,
  y0: Float64Array,
  weights: Float64Array,
): Float64Array | undefined {
  const { n, mass } = system;
  const { left, right } = mass!.nullSpaces;
  // With a higher index the algebraic equations do not determine the unknowns, so y0 is not changed.
  if (left.length === 0 || system.problem.index !== undefined) return y0;
  const y = y0.slice();
  const f = new Float64Array(n);
  if (system.problem.krylov !== undefined) {
    throw misuse(
      "bad_krylov",
      "krylov is given with equations without a derivative, expected sparsity or band: the start needs the Jacobian",
    );
  }
  const jac = system.newJacobian();
  let block: AlgebraicBlock | undefined;
  const step = new Float64Array(left.length);
  const change = new Float64Array(n);
  let before = Number.POSITIVE_INFINITY;
  for (let iteration = 0; iteration < 30; iteration++) {
    system.f(t, y, f);
    left.forEach(({ indices, values }, a) => {
      step[a] = -indices.reduce((sum, i, e) => sum + values[e]! * f[i]!, 0);
    });
    if (step.every((x) => x === 0)) return y;
    if (!system.jacobian(t, y, weights, 0, jac, f)) return undefined;
    block ??= new AlgebraicBlock(jac, mass!);
    if (!block.factor(jac)) return undefined;
    block.lu.solve(step);
    change.fill(0);
    right.forEach(({ indices, values }, b) => {
      indices.forEach((j, e) => {
        change[j] = change[j]! + values[e]! * step[b]!;
      });
    });
    let size = 0;
    for (let j = 0; j < n; j++) {
      y[j] = y[j]! + change[j]!;
      // Rounding of y itself is no distance.
      const far = Math.abs(change[j]!) - 4 * Number.EPSILON * Math.abs(y[j]!);
      size = Math.max(size, far / weights[j]!);
    }
    if (!Number.isFinite(size)) return undefined;
    if (size < ENOUGH || (size < STAGNANT && size > before / 4)) return y;
    before = size;
  }
  return undefined;
}

/** The factorised block N^T J K. The columns of N combine equations into ones without a derivative. The
 *  columns of K are the directions without a derivative. */
class AlgebraicBlock {
  readonly #matrix: Matrix;
  readonly lu: Factorisation;
  /** For each term: its entry of the Jacobian, its place in the block, and its factor. */
  readonly #sources: number[] = [];
  readonly #places: number[];
  readonly #factors: number[] = [];

  constructor(jac: Matrix, mass: MassMatrix) {
    const { left, right } = mass.nullSpaces;
    const [ofRow, ofColumn] = [left, right].map((vectors) => {
      const uses: (readonly [number, number])[][] = Array.from({ length: jac.n }, () => []);
      vectors.forEach(({ indices, values }, a) => {
        indices.forEach((i, e) => void uses[i]!.push([a, values[e]!]));
      });
      return uses;
    });
    const rows: number[] = [];
    const columns: number[] = [];
    jac.forEachEntry((i, j, at) => {
      for (const [a, x] of ofRow![i]!) {
        for (const [b, z] of ofColumn![j]!) {
          rows.push(a);
          columns.push(b);
          this.#sources.push(at);
          this.#factors.push(x * z);
        }
      }
    });
    this.#matrix = matrixFor(patternOfEntries(left.length, rows, columns))();
    this.#places = rows.map((a, e) => this.#matrix.index(a, columns[e]!));
    this.lu = factorisationOf(this.#matrix);
  }

  factor(jac: Matrix): boolean {
    const { values } = this.#matrix;
    values.fill(0);
    this.#places.forEach((place, e) => {
      values[place] = values[place]! + this.#factors[e]! * jac.values[this.#sources[e]!]!;
    });
    return this.lu.factor(values);
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
  const jacobian = linearisationOf(system);
  const slope = new Float64Array(system.n);
  system.f(t, y, slope);
  jacobian.take(t, y, weights, tiny, slope);
  const solver = jacobian.newSolver(1e-3);
  const [short, long] = [tiny, 2 * tiny].map((size) => {
    const step = slope.slice();
    if (!solver.factor(1 / size)) return step.fill(0);
    solver.solve(step);
    return step;
  });
  return slope.map((_, i) => {
    const x = (long![i]! - short![i]!) / tiny;
    return Number.isFinite(x) ? x : 0;
  });
}
