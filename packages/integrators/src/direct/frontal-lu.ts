import type { SparsePattern } from "../matrix/pattern.ts";
import type { Factorisation } from "./factorisation.ts";
import { eliminateFront } from "./front-kernel.ts";
import { type FrontPlan, frontPlan } from "./front-plan.ts";

/** Where a front is in what surrounds it. */
interface FrontShape {
  /** Its first step, and how many it eliminates. */
  readonly start: number;
  readonly width: number;
  /** Its rows beyond those: where they begin in the plan's `later`, and how many. */
  readonly from: number;
  readonly rest: number;
  /** width + rest. */
  readonly side: number;
  /** Where its factors begin. */
  readonly base: number;
}

/** LU of a sparse matrix, in fronts. Rows are swapped within a front only: false where that is not enough. */
export class FrontalLu implements Factorisation {
  readonly #plan: FrontPlan;
  readonly #shapes: readonly FrontShape[];
  /** Of each front in turn: its first columns [side, width], then the transpose of its first rows beyond
   *  [side - width, width]. */
  readonly #factors: Float64Array;
  readonly #swaps: Int32Array;
  readonly #front: Float64Array;
  readonly #stack: Float64Array;
  readonly #waiting: Int32Array;
  /** Where each step is in the front at hand. */
  readonly #local: Int32Array;
  readonly #moved: Int32Array;
  readonly #x: Float64Array;
  readonly #part: Float64Array;

  constructor(pattern: SparsePattern) {
    const plan = frontPlan(pattern);
    const { n } = plan;
    this.#plan = plan;
    this.#shapes = shapesOf(plan);
    this.#factors = new Float64Array(plan.factorSize);
    const side = this.#shapes.reduce((most, shape) => Math.max(most, shape.side), 0);
    this.#swaps = new Int32Array(n);
    this.#front = new Float64Array(plan.frontSize);
    this.#stack = new Float64Array(plan.stackSize);
    this.#waiting = new Int32Array(this.#shapes.length);
    this.#local = new Int32Array(n);
    this.#moved = new Int32Array(side);
    this.#x = new Float64Array(n);
    this.#part = new Float64Array(side);
  }

  factor(values: Float64Array): boolean {
    const { children } = this.#plan;
    const front = this.#front;
    const waiting = this.#waiting;
    let waits = 0;
    let stacked = 0;
    for (let s = 0; s < this.#shapes.length; s++) {
      const { start, width, rest, side } = this.#shapes[s]!;
      front.fill(0, 0, side * side);
      this.#assemble(s, values);
      for (let child = 0; child < children[s]!; child++) {
        const from = this.#shapes[waiting[--waits]!]!;
        stacked -= from.rest * from.rest;
        this.#extend(from, stacked, side);
      }
      if (!eliminateFront(front, side, width, this.#swaps, start)) return false;
      this.#store(this.#shapes[s]!);
      if (rest === 0) continue;
      for (let c = width; c < side; c++) {
        const from = c * side;
        for (let r = width; r < side; r++) this.#stack[stacked++] = front[from + r]!;
      }
      waiting[waits++] = s;
    }
    return true;
  }

  /** The matrix's own entries in front s. */
  #assemble(s: number, values: Float64Array): void {
    const { later, entryStarts, entries, places } = this.#plan;
    const { start, width, from, rest } = this.#shapes[s]!;
    const front = this.#front;
    const local = this.#local;
    for (let e = entryStarts[s]!; e < entryStarts[s + 1]!; e++) front[places[e]!] = values[entries[e]!]!;
    for (let k = 0; k < width; k++) local[start + k] = k;
    for (let r = 0; r < rest; r++) local[later[from + r]!] = width + r;
  }

  /** Adds what an earlier front has left. */
  #extend({ from, rest }: FrontShape, stacked: number, side: number): void {
    const { later } = this.#plan;
    const front = this.#front;
    const stack = this.#stack;
    const local = this.#local;
    const moved = this.#moved;
    for (let r = 0; r < rest; r++) moved[r] = local[later[from + r]!]!;
    let at = stacked;
    for (let c = 0; c < rest; c++) {
      const column = moved[c]! * side;
      for (let r = 0; r < rest; r++) {
        const to = column + moved[r]!;
        front[to] = front[to]! + stack[at++]!;
      }
    }
  }

  #store({ width, side, base }: FrontShape): void {
    const front = this.#front;
    const factors = this.#factors;
    let to = base;
    const end = width * side;
    for (let at = 0; at < end; at++) factors[to++] = front[at]!;
    for (let k = 0; k < width; k++) {
      for (let at = end + k; at < side * side; at += side) factors[to++] = front[at]!;
    }
  }

  solve(b: Float64Array): void {
    const { n, order } = this.#plan;
    const x = this.#x;
    for (let k = 0; k < n; k++) x[k] = b[order[k]!]!;
    for (const shape of this.#shapes) {
      this.#swap(shape, false);
      this.#lowerSolve(shape);
    }
    for (let s = this.#shapes.length - 1; s >= 0; s--) this.#upperSolve(this.#shapes[s]!);
    for (let k = 0; k < n; k++) b[order[k]!] = x[k]!;
  }

  solveTransposed(b: Float64Array): void {
    const { n, order } = this.#plan;
    const x = this.#x;
    for (let k = 0; k < n; k++) x[k] = b[order[k]!]!;
    for (const shape of this.#shapes) this.#upperTransposed(shape);
    for (let s = this.#shapes.length - 1; s >= 0; s--) {
      this.#lowerTransposed(this.#shapes[s]!);
      this.#swap(this.#shapes[s]!, true);
    }
    for (let k = 0; k < n; k++) b[order[k]!] = x[k]!;
  }

  #swap({ start, width }: FrontShape, backwards: boolean): void {
    const x = this.#x;
    for (let step = 0; step < width; step++) {
      const k = start + (backwards ? width - 1 - step : step);
      const p = start + this.#swaps[k]!;
      if (p === k) continue;
      const swap = x[k]!;
      x[k] = x[p]!;
      x[p] = swap;
    }
  }

  #lowerSolve({ start, width, from, rest, side, base }: FrontShape): void {
    const { later } = this.#plan;
    const x = this.#x;
    const a = this.#factors;
    const part = this.#part.fill(0, 0, rest);
    let k = 0;
    for (; k + 3 < width; k += 4) {
      const l0 = base + k * side;
      const l1 = l0 + side;
      const l2 = l1 + side;
      const l3 = l2 + side;
      const at = start + k;
      const f0 = x[at]!;
      const f1 = x[at + 1]! - a[l0 + k + 1]! * f0;
      const f2 = x[at + 2]! - a[l0 + k + 2]! * f0 - a[l1 + k + 2]! * f1;
      const f3 = x[at + 3]! - a[l0 + k + 3]! * f0 - a[l1 + k + 3]! * f1 - a[l2 + k + 3]! * f2;
      x[at + 1] = f1;
      x[at + 2] = f2;
      x[at + 3] = f3;
      for (let i = k + 4; i < width; i++) {
        x[start + i] =
          x[start + i]! - (f0 * a[l0 + i]! + f1 * a[l1 + i]! + f2 * a[l2 + i]! + f3 * a[l3 + i]!);
      }
      for (let i = width; i < side; i++) {
        const r = i - width;
        part[r] = part[r]! + (f0 * a[l0 + i]! + f1 * a[l1 + i]! + f2 * a[l2 + i]! + f3 * a[l3 + i]!);
      }
    }
    for (; k < width; k++) {
      const l = base + k * side;
      const f = x[start + k]!;
      for (let i = k + 1; i < width; i++) x[start + i] = x[start + i]! - f * a[l + i]!;
      for (let i = width; i < side; i++) part[i - width] = part[i - width]! + f * a[l + i]!;
    }
    for (let r = 0; r < rest; r++) {
      const i = later[from + r]!;
      x[i] = x[i]! - part[r]!;
    }
  }

  #upperSolve({ start, width, from, rest, side, base }: FrontShape): void {
    const { later } = this.#plan;
    const x = this.#x;
    const a = this.#factors;
    const part = this.#part;
    for (let r = 0; r < rest; r++) part[r] = x[later[from + r]!]!;
    let k = width - 1;
    for (; k > 0; k -= 2) {
      const u = base + width * side + k * rest;
      const v = u - rest;
      let here = 0;
      let above = 0;
      for (let r = 0; r < rest; r++) {
        const value = part[r]!;
        here += a[u + r]! * value;
        above += a[v + r]! * value;
      }
      here = x[start + k]! - here;
      above = x[start + k - 1]! - above;
      for (let j = k + 1; j < width; j++) {
        const value = x[start + j]!;
        here -= a[base + j * side + k]! * value;
        above -= a[base + j * side + k - 1]! * value;
      }
      const column = base + k * side;
      here *= a[column + k]!;
      x[start + k] = here;
      x[start + k - 1] = (above - a[column + k - 1]! * here) * a[column - side + k - 1]!;
    }
    if (k < 0) return;
    const u = base + width * side;
    let sum = x[start]!;
    for (let r = 0; r < rest; r++) sum -= a[u + r]! * part[r]!;
    for (let j = 1; j < width; j++) sum -= a[base + j * side]! * x[start + j]!;
    x[start] = sum * a[base]!;
  }

  #upperTransposed({ start, width, from, rest, side, base }: FrontShape): void {
    const { later } = this.#plan;
    const x = this.#x;
    const a = this.#factors;
    for (let k = 0; k < width; k++) {
      const column = base + k * side;
      let sum = x[start + k]!;
      for (let j = 0; j < k; j++) sum -= a[column + j]! * x[start + j]!;
      const f = sum * a[column + k]!;
      x[start + k] = f;
      const u = base + width * side + k * rest;
      for (let r = 0; r < rest; r++) {
        const i = later[from + r]!;
        x[i] = x[i]! - f * a[u + r]!;
      }
    }
  }

  #lowerTransposed({ start, width, from, rest, side, base }: FrontShape): void {
    const { later } = this.#plan;
    const x = this.#x;
    const a = this.#factors;
    for (let k = width - 1; k >= 0; k--) {
      const column = base + k * side;
      let sum = x[start + k]!;
      for (let i = k + 1; i < width; i++) sum -= a[column + i]! * x[start + i]!;
      for (let r = 0; r < rest; r++) sum -= a[column + width + r]! * x[later[from + r]!]!;
      x[start + k] = sum;
    }
  }
}

function shapesOf({ first, laterStarts }: FrontPlan): FrontShape[] {
  let base = 0;
  return Array.from({ length: first.length - 1 }, (_, s) => {
    const [start, from] = [first[s]!, laterStarts[s]!];
    const width = first[s + 1]! - start;
    const rest = laterStarts[s + 1]! - from;
    const shape = { start, width, from, rest, side: width + rest, base };
    base += width * (width + 2 * rest);
    return shape;
  });
}
