import { DenseLu } from "./linear/dense-lu.ts";
import { realLu } from "./linear/real-lu.ts";
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
  const { n, layout } = system;
  const { algebraicRows: rows, algebraicColumns: columns } = mass;
  if (rows.length === 0) return y0;
  const y = y0.slice();
  const f = new Float64Array(n);
  const jac = system.newJacobian();
  const count = rows.length;
  const part = new Float64Array(count * count);
  const step = new Float64Array(count);
  const lu = new DenseLu(count);
  for (let iteration = 0; iteration < 30; iteration++) {
    system.f(t, y, f);
    const residual = rows.reduce((largest, i) => Math.max(largest, Math.abs(f[i]!)), 0);
    if (residual === 0) return y;
    if (columns.length !== count || !system.jacobian(t, y, weights, 0, jac, f)) return undefined;
    rows.forEach((i, a) => {
      step[a] = f[i]!;
      columns.forEach((j, b) => {
        part[a + count * b] = jac[layout.index(i, j)]!;
      });
    });
    // 0 I - (-J) = J; what is solved for is -J^-1 f.
    if (!lu.factor(part, 0)) return undefined;
    lu.solve(step);
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
  const lu = realLu(system.n, system.layout, system.mass);
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
