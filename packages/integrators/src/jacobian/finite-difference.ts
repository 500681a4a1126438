import type { VectorField } from "../problem.ts";
import type { JacobianLayout } from "./layout.ts";

const ROOT_EPSILON = 2 ** -26;

/** Increment for differences in y_j: the root of the rounding unit relative to the size of y_j, which for a
 *  component near 0 is the way it goes in a step; but not below what the rounding of f makes meaningful next
 *  to the error weight of y_j (the rule of CVODE's dense difference quotient).
 *  @param size an upper bound for the way: some fraction of the largest component
 *  @param floor 1000 eps n |h| ||f||, with f in the weighted norm; 0 when unknown */
function increment(y: number, way: number, size: number, weight: number, floor: number): number {
  const distance = Math.abs(way);
  // An infinite way, times 0, is not a number: as far as `size`.
  let far = size;
  if (distance < size) far = distance;
  const scale = Math.max(Math.abs(y), far);
  const step = Math.max(ROOT_EPSILON * scale, floor * weight);
  if (step > 0) return y < 0 ? -step : step;
  return ROOT_EPSILON * (weight > 0 ? weight : 1);
}

/** Where a Jacobian is differenced, and with what; `work`, `shifted` and `steps` are [n]. */
export interface DifferencePoint {
  readonly f: VectorField;
  readonly t: number;
  readonly y: Float64Array;
  readonly fy: Float64Array;
  readonly p: Float64Array;
  readonly weights: Float64Array;
  readonly h: number;
  /** 1000 eps n |h| ||f||, with f in the weighted norm; 0 when unknown. */
  readonly floor: number;
  readonly work: Float64Array;
  readonly shifted: Float64Array;
  /** Where the increments of all components are to go. */
  readonly steps: Float64Array;
}

function increments({ y, fy, weights, h, floor, steps }: DifferencePoint): void {
  const size = sizeOf(y);
  for (let j = 0; j < y.length; j++) steps[j] = increment(y[j]!, h * fy[j]!, size, weights[j]!, floor);
}

function sizeOf(y: Float64Array): number {
  let size = 0;
  for (let i = 0; i < y.length; i++) size = Math.max(size, Math.abs(y[i]!));
  return size * 1e-3;
}

/** Forward differences (f(y + d e_j) - f(y)) / d into `jac`, a group of columns an evaluation where there are
 *  groups. Returns the number of evaluations. */
export function differenceJacobian(
  point: DifferencePoint,
  { declared, places, groups }: JacobianLayout,
  jac: Float64Array,
): number {
  const { f, t, y, fy, p, work, shifted: at, steps } = point;
  const n = y.length;
  increments(point);
  at.set(y);
  if (groups === undefined) {
    for (let j = 0, col = 0; j < n; j++, col += n) {
      const value = y[j]!;
      at[j] = value + steps[j]!;
      const inverse = 1 / (at[j]! - value);
      f(t, at, work, p);
      at[j] = value;
      for (let i = 0; i < n; i++) jac[col + i] = (work[i]! - fy[i]!) * inverse;
    }
    return n;
  }
  const { starts, rows } = declared!;
  for (const group of groups) {
    for (const j of group) at[j] = y[j]! + steps[j]!;
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

/** What f and a Jacobian of the declared entries may differ by along a direction, as a part of the entries'
 *  sizes: far above the error of differences, far below an entry that is missing. */
const AGREEMENT = 1e-4;

/** Parts of increments: no pattern of its own that a sum could cancel in. */
const PARTS = Float64Array.from({ length: 97 }, (_, j) => 1 + ((j * 7919) % 97) / 97);

/** Whether the Jacobian says how f changes when all components move at once: an entry that the pattern leaves
 *  out would show. One evaluation, after those of `differenceJacobian`, whose increments it takes. */
export function agreesAlong(
  { f, t, y, fy, p, work, shifted: at, steps }: DifferencePoint,
  { declared, places }: JacobianLayout,
  jac: Float64Array,
): boolean {
  const n = y.length;
  for (let j = 0, part = 0; j < n; j++) {
    at[j] = y[j]! + steps[j]! * PARTS[part]!;
    part = part === PARTS.length - 1 ? 0 : part + 1;
  }
  f(t, at, work, p);
  const { starts, rows } = declared!;
  const expected = new Float64Array(n);
  const sizes = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    const way = at[j]! - y[j]!;
    for (let e = starts[j]!; e < starts[j + 1]!; e++) {
      const term = jac[places === undefined ? e : places[e]!]! * way;
      const i = rows[e]!;
      expected[i] = expected[i]! + term;
      sizes[i] = sizes[i]! + Math.abs(term);
    }
  }
  for (let i = 0; i < n; i++) {
    const off = Math.abs(work[i]! - fy[i]! - expected[i]!);
    if (off > AGREEMENT * sizes[i]! + 100 * Number.EPSILON * (Math.abs(work[i]!) + Math.abs(fy[i]!)))
      return false;
  }
  return true;
}
