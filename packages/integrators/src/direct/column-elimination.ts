// What the columns to the left do to a column of a column-major matrix of `side` rows, of which they are L
// with a unit diagonal.

/** The row exchanges `swaps` from `at` on, done to `count` entries of the column that begins at `col`. */
export function swapRows(a: Float64Array, col: number, count: number, swaps: Int32Array, at: number): void {
  for (let k = 0; k < count; k++) {
    const p = swaps[at + k]!;
    if (p === k) continue;
    const swap = a[col + k]!;
    a[col + k] = a[col + p]!;
    a[col + p] = swap;
  }
}

/** Subtracts from the column at `col` its multiples of the first `count` ones: four at a time, one store for
 *  four products. */
export function subtract(a: Float64Array, side: number, col: number, count: number): void {
  let k = 0;
  for (; k + 3 < count; k += 4) {
    const l0 = k * side;
    const l1 = l0 + side;
    const l2 = l1 + side;
    const l3 = l2 + side;
    const f0 = a[col + k]!;
    const f1 = a[col + k + 1]! - a[l0 + k + 1]! * f0;
    const f2 = a[col + k + 2]! - a[l0 + k + 2]! * f0 - a[l1 + k + 2]! * f1;
    const f3 = a[col + k + 3]! - a[l0 + k + 3]! * f0 - a[l1 + k + 3]! * f1 - a[l2 + k + 3]! * f2;
    a[col + k + 1] = f1;
    a[col + k + 2] = f2;
    a[col + k + 3] = f3;
    for (let i = k + 4; i < side; i++) {
      a[col + i] = a[col + i]! - (f0 * a[l0 + i]! + f1 * a[l1 + i]! + f2 * a[l2 + i]! + f3 * a[l3 + i]!);
    }
  }
  for (; k < count; k++) {
    const f = a[col + k]!;
    const l = k * side;
    for (let i = k + 1; i < side; i++) a[col + i] = a[col + i]! - f * a[l + i]!;
  }
}

/** The same for two neighbouring columns: each load of a multiplied column serves both. */
export function subtractTwo(a: Float64Array, side: number, first: number, count: number): void {
  const second = first + side;
  let k = 0;
  for (; k + 3 < count; k += 4) {
    const l0 = k * side;
    const l1 = l0 + side;
    const l2 = l1 + side;
    const l3 = l2 + side;
    const a10 = a[l0 + k + 1]!;
    const a20 = a[l0 + k + 2]!;
    const a21 = a[l1 + k + 2]!;
    const a30 = a[l0 + k + 3]!;
    const a31 = a[l1 + k + 3]!;
    const a32 = a[l2 + k + 3]!;
    const f0 = a[first + k]!;
    const f1 = a[first + k + 1]! - a10 * f0;
    const f2 = a[first + k + 2]! - a20 * f0 - a21 * f1;
    const f3 = a[first + k + 3]! - a30 * f0 - a31 * f1 - a32 * f2;
    const g0 = a[second + k]!;
    const g1 = a[second + k + 1]! - a10 * g0;
    const g2 = a[second + k + 2]! - a20 * g0 - a21 * g1;
    const g3 = a[second + k + 3]! - a30 * g0 - a31 * g1 - a32 * g2;
    a[first + k + 1] = f1;
    a[first + k + 2] = f2;
    a[first + k + 3] = f3;
    a[second + k + 1] = g1;
    a[second + k + 2] = g2;
    a[second + k + 3] = g3;
    for (let i = k + 4; i < side; i++) {
      const x0 = a[l0 + i]!;
      const x1 = a[l1 + i]!;
      const x2 = a[l2 + i]!;
      const x3 = a[l3 + i]!;
      a[first + i] = a[first + i]! - (f0 * x0 + f1 * x1 + f2 * x2 + f3 * x3);
      a[second + i] = a[second + i]! - (g0 * x0 + g1 * x1 + g2 * x2 + g3 * x3);
    }
  }
  for (; k < count; k++) {
    const f = a[first + k]!;
    const g = a[second + k]!;
    const l = k * side;
    for (let i = k + 1; i < side; i++) {
      const x = a[l + i]!;
      a[first + i] = a[first + i]! - f * x;
      a[second + i] = a[second + i]! - g * x;
    }
  }
}
