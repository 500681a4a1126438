import type { VectorField } from "../problem.ts";
import type { JacobianLayout } from "./layout.ts";

const ROOT_EPSILON = 2 ** -26;

/** Increment for differences in y_j: the root of the rounding unit relative to the size of y_j, which for a
 *  component near 0 is the way it goes in a step; but not below what the rounding of f makes meaningful next
 *  to the error weight of y_j (the rule of CVODE's dense difference quotient).
 *  @param size an upper bound for the way: some fraction of the largest component
 *  @param floor 1000 eps n |h| ||f||, with f in the weighted norm; 0 when unknown */
function increment(y: number, way: number, size: number, weight: number, floor: number): number {
  // An infinite way, times 0, is not a number: as far as `size`.
  const scale = Math.max(Math.abs(y), Number.isNaN(way) ? size : Math.min(Math.abs(way), size));
  const step = Math.max(ROOT_EPSILON * scale, floor * weight);
  if (step > 0) return y < 0 ? -step : step;
  return ROOT_EPSILON * (weight > 0 ? weight : 1);
}

/** Forward differences (f(y + d e_j) - f(y)) / d into `jac`, a group of columns an evaluation where the
 *  layout has groups. `work` and `at` are [n]. Returns the number of evaluations. */
export function differenceJacobian(
  f: VectorField,
  layout: JacobianLayout,
  t: number,
  y: Float64Array,
  fy: Float64Array,
  p: Float64Array,
  weights: Float64Array,
  h: number,
  floor: number,
  jac: Float64Array,
  work: Float64Array,
  at: Float64Array,
): number {
  const n = y.length;
  let size = 0;
  for (let i = 0; i < n; i++) size = Math.max(size, Math.abs(y[i]!));
  size *= 1e-3;
  at.set(y);
  if (layout.groups === undefined) {
    for (let j = 0, col = 0; j < n; j++, col += n) {
      const value = y[j]!;
      at[j] = value + increment(value, h * fy[j]!, size, weights[j]!, floor);
      const inverse = 1 / (at[j]! - value);
      f(t, at, work, p);
      at[j] = value;
      for (let i = 0; i < n; i++) jac[col + i] = (work[i]! - fy[i]!) * inverse;
    }
    return n;
  }
  const { groups, declared, places } = layout;
  const { starts, rows } = declared!;
  for (const group of groups) {
    for (const j of group) at[j] = y[j]! + increment(y[j]!, h * fy[j]!, size, weights[j]!, floor);
    f(t, at, work, p);
    for (const j of group) {
      const inverse = 1 / (at[j]! - y[j]!);
      at[j] = y[j]!;
      for (let e = starts[j]!; e < starts[j + 1]!; e++) {
        const i = rows[e]!;
        jac[places === undefined ? e : places[e]!] = (work[i]! - fy[i]!) * inverse;
      }
    }
  }
  return groups.length;
}
