import type { JacobianLayout } from "./layout.ts";

/** out += J v. */
export function addProduct(
  layout: JacobianLayout,
  n: number,
  jac: Float64Array,
  v: Float64Array,
  out: Float64Array,
): void {
  const { eliminated, sources } = layout;
  if (eliminated !== undefined) {
    const { starts, rows } = eliminated;
    for (let j = 0; j < n; j++) {
      const x = v[j]!;
      for (let e = starts[j]!; e < starts[j + 1]!; e++) {
        const i = rows[e]!;
        out[i] = out[i]! + jac[sources === undefined ? e : sources[e]!]! * x;
      }
    }
    return;
  }
  const { band } = layout;
  const lower = band?.lower ?? n - 1;
  const upper = band?.upper ?? n - 1;
  for (let j = 0; j < n; j++) {
    const x = v[j]!;
    const first = Math.max(0, j - upper);
    const last = Math.min(n - 1, j + lower);
    const at = columnOffset(layout, n, j);
    for (let i = first; i <= last; i++) out[i] = out[i]! + jac[at + i]! * x;
  }
}

/** out += J^T v. */
export function addTransposedProduct(
  layout: JacobianLayout,
  n: number,
  jac: Float64Array,
  v: Float64Array,
  out: Float64Array,
): void {
  const { eliminated, sources } = layout;
  if (eliminated !== undefined) {
    const { starts, rows } = eliminated;
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let e = starts[j]!; e < starts[j + 1]!; e++) {
        sum += jac[sources === undefined ? e : sources[e]!]! * v[rows[e]!]!;
      }
      out[j] = out[j]! + sum;
    }
    return;
  }
  const { band } = layout;
  const lower = band?.lower ?? n - 1;
  const upper = band?.upper ?? n - 1;
  for (let j = 0; j < n; j++) {
    const first = Math.max(0, j - upper);
    const last = Math.min(n - 1, j + lower);
    const at = columnOffset(layout, n, j);
    let sum = 0;
    for (let i = first; i <= last; i++) sum += jac[at + i]! * v[i]!;
    out[j] = out[j]! + sum;
  }
}

/** min(|J|_1, |J|_inf): each bounds the spectral radius. */
export function normBound(layout: JacobianLayout, n: number, jac: Float64Array, work: Float64Array): number {
  const { band, eliminated, sources } = layout;
  const rows = work.fill(0);
  let columns = 0;
  const lower = band?.lower ?? n - 1;
  const upper = band?.upper ?? n - 1;
  for (let j = 0; j < n; j++) {
    const first = eliminated === undefined ? Math.max(0, j - upper) : eliminated.starts[j]!;
    const last = eliminated === undefined ? Math.min(n - 1, j + lower) : eliminated.starts[j + 1]! - 1;
    const at = columnOffset(layout, n, j);
    let sum = 0;
    for (let k = first; k <= last; k++) {
      const place = eliminated === undefined ? at + k : sources === undefined ? k : sources[k]!;
      const size = Math.abs(jac[place]!);
      const i = eliminated === undefined ? k : eliminated.rows[k]!;
      sum += size;
      rows[i] = rows[i]! + size;
    }
    columns = Math.max(columns, sum);
  }
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, rows[i]!);
  return Math.min(columns, largest);
}

/** Storage index of entry (i, j), dense or in the band, is this plus i. */
function columnOffset({ band }: JacobianLayout, n: number, j: number): number {
  return band === undefined ? n * j : band.upper - j + (band.lower + band.upper + 1) * j;
}
