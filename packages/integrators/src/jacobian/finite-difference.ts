import { memoised } from "../memoised.ts";
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

/** Vectors that come in handy where a Jacobian is differenced. */
export interface DifferenceSpace {
  readonly work: Float64Array;
  readonly shifted: Float64Array;
  readonly slope: Float64Array;
  /** The increments of all components, and their reciprocals. */
  readonly steps: Float64Array;
  readonly inverses: Float64Array;
}

export function differenceSpace(n: number): DifferenceSpace {
  const vector = (): Float64Array => new Float64Array(n);
  return { work: vector(), shifted: vector(), slope: vector(), steps: vector(), inverses: vector() };
}

/** Where a Jacobian is differenced, and with what. */
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
  readonly space: DifferenceSpace;
}

/** Of each group of columns: row, column and place of its entries, one after another. */
const entriesOfGroups = /* @__PURE__ */ memoised(
  ({ groups, declared, places }: JacobianLayout): Int32Array[] => {
    const { starts, rows } = declared!;
    return groups!.map((group) => {
      const entries: number[] = [];
      for (const j of group) {
        for (let e = starts[j]!; e < starts[j + 1]!; e++) entries.push(rows[e]!, j, places?.[e] ?? e);
      }
      return Int32Array.from(entries);
    });
  },
);

function increments({ y, fy, weights, h, floor, space: { steps } }: DifferencePoint): void {
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
  layout: JacobianLayout,
  jac: Float64Array,
): number {
  const { f, t, y, fy, p, space } = point;
  const { work, shifted: at, steps, inverses } = space;
  const n = y.length;
  increments(point);
  for (let j = 0; j < n; j++) inverses[j] = 1 / (y[j]! + steps[j]! - y[j]!);
  at.set(y);
  if (layout.groups === undefined) {
    for (let j = 0, col = 0; j < n; j++, col += n) {
      at[j] = y[j]! + steps[j]!;
      f(t, at, work, p);
      at[j] = y[j]!;
      const inverse = inverses[j]!;
      for (let i = 0; i < n; i++) jac[col + i] = (work[i]! - fy[i]!) * inverse;
    }
    return n;
  }
  const entries = entriesOfGroups(layout);
  for (let g = 0; g < entries.length; g++) {
    const group = layout.groups[g]!;
    for (const j of group) at[j] = y[j]! + steps[j]!;
    f(t, at, work, p);
    for (const j of group) at[j] = y[j]!;
    fillGroup(entries[g]!, work, fy, inverses, jac);
  }
  return entries.length;
}

function fillGroup(
  entries: Int32Array,
  work: Float64Array,
  fy: Float64Array,
  inverses: Float64Array,
  jac: Float64Array,
): void {
  for (let e = 0; e + 2 < entries.length; e += 3) {
    const i = entries[e]!;
    jac[entries[e + 2]!] = (work[i]! - fy[i]!) * inverses[entries[e + 1]!]!;
  }
}
