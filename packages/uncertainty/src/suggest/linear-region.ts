import type { SamplingStream } from "@stiffnet/base";
import { dot } from "../dot.ts";

/** sum_i weights[i] x_i <= bound. */
export interface LinearConstraint {
  readonly weights: readonly number[];
  readonly bound: number;
}

/** A region that holds no larger ball counts as empty. */
const leastRadius = 1e-9;

/** Draws points uniformly from the part of the unit box that meets all constraints, row-major [count,
 *  dimension]. Returns undefined if that part holds no ball. The points are steps of hit-and-run, from
 *  the centre of the largest ball. Between two points lie ten steps for each dimension.
 *  @see Smith (1984), Operations Research 32; Belisle, Romeijn and Smith (1993), Mathematics of OR 18 */
export function pointsWithin(
  count: number,
  dimension: number,
  {
    constraints,
    random,
  }: { readonly constraints: readonly LinearConstraint[]; readonly random: SamplingStream },
): Float64Array | undefined {
  const sides = Array.from({ length: dimension }, (_, d) => d).flatMap((d) => [
    { weights: Array.from({ length: dimension }, (_, i) => (i === d ? 1 : 0)), bound: 1 },
    { weights: Array.from({ length: dimension }, (_, i) => (i === d ? -1 : 0)), bound: 0 },
  ]);
  const all = [...constraints, ...sides];
  const centre = largestBall(all, dimension);
  if (!centre) return undefined;
  const points = new Float64Array(count * dimension);
  const x = Float64Array.from(centre);
  for (let k = 0; k < count; k++) {
    for (let step = 0; step < 10 * dimension; step++) {
      const direction = x.map(() => 2 * random.uniform() - 1);
      let [from, to] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
      for (const { weights, bound } of all) {
        const speed = dot(direction, weights);
        const room = bound - dot(x, weights);
        if (speed > 0) to = Math.min(to, room / speed);
        else if (speed < 0) from = Math.max(from, room / speed);
      }
      const length = from + random.uniform() * (to - from);
      if (from < to) for (let d = 0; d < dimension; d++) x[d]! += length * direction[d]!;
    }
    points.set(x, k * dimension);
  }
  return points;
}

/** Finds the centre x of the largest ball: maximises its radius r under w . x + |w| r <= b by the simplex
 *  method with Bland's rule. The substitution r = t - R needs no first phase: R is so large that x = 0 and
 *  t = 0 meet all constraints. */
function largestBall(constraints: readonly LinearConstraint[], dimension: number): number[] | undefined {
  const norms = constraints.map(({ weights }) => Math.hypot(...weights));
  if (constraints.some(({ bound }, k) => norms[k] === 0 && bound < 0)) return undefined;
  const shift = Math.max(0, ...constraints.map(({ bound }, k) => (norms[k]! > 0 ? -bound / norms[k]! : 0)));
  // The columns are each x, t, and the right side. The last row is the objective.
  const table = constraints.map(({ weights, bound }, k) => [
    ...weights,
    norms[k]!,
    bound + norms[k]! * shift,
  ]);
  const goal = [...new Array(dimension).fill(0), -1, 0];
  const rows = [...table, goal];
  const basis = constraints.map((_, k) => dimension + 1 + k);
  const nonbasic = Array.from({ length: dimension + 1 }, (_, c) => c);
  for (;;) {
    const entering = candidates(nonbasic, (c) => goal[c]! < -1e-12);
    if (entering < 0) break;
    let leaving = -1;
    for (const [k, row] of table.entries()) {
      if (row[entering]! <= 1e-12) continue;
      const ratio = row.at(-1)! / row[entering]!;
      const best = leaving < 0 ? Infinity : table[leaving]!.at(-1)! / table[leaving]![entering]!;
      if (ratio < best || (ratio === best && basis[k]! < basis[leaving]!)) leaving = k;
    }
    // Radii are bounded by the box, so a row always leaves.
    if (leaving < 0) return undefined;
    pivot(rows, table[leaving]!, entering);
    [basis[leaving], nonbasic[entering]] = [nonbasic[entering]!, basis[leaving]!];
  }
  const values = new Array<number>(dimension + 1).fill(0);
  for (const [k, variable] of basis.entries())
    if (variable <= dimension) values[variable] = table[k]!.at(-1)!;
  return values[dimension]! - shift > leastRadius ? values.slice(0, dimension) : undefined;
}

/** Finds the passing column with the lowest variable, or -1. */
function candidates(variables: readonly number[], passes: (column: number) => boolean): number {
  let best = -1;
  for (const [c, variable] of variables.entries()) {
    if (passes(c) && (best < 0 || variable < variables[best]!)) best = c;
  }
  return best;
}

/** Exchanges the variable of a row with that of a column. */
function pivot(rows: readonly number[][], leaving: number[], entering: number): void {
  const by = leaving[entering]!;
  leaving[entering] = 1;
  for (let c = 0; c < leaving.length; c++) leaving[c]! /= by;
  for (const row of rows) {
    if (row === leaving) continue;
    const factor = row[entering]!;
    if (factor === 0) continue;
    row[entering] = 0;
    for (let c = 0; c < row.length; c++) row[c]! -= factor * leaving[c]!;
  }
}
