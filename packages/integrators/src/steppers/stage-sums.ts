import { copyInto } from "../vectors.ts";

/** The stages of a step: row i, n long, is `each[i]`, a view of `all`. Sums over stages run through `all`:
 *  one array at hand instead of one for every term. */
export interface StageArrays {
  readonly all: Float64Array;
  readonly each: readonly Float64Array[];
}

export function stageArrays(stages: number, n: number): StageArrays {
  const all = new Float64Array(stages * n);
  const each: Float64Array[] = [];
  for (let i = 0; i < stages; i++) each.push(all.subarray(i * n, (i + 1) * n));
  return { all, each };
}

/** A row of weights without its zeros. */
export interface StageTerms {
  readonly weights: Float64Array;
  /** The stages that they belong to. */
  readonly stages: Int32Array;
  /** So many terms are added up on their own, the others after them to the result. */
  readonly grouped: number;
}

/** So many stages, zeros included, have their terms in the group. */
const GROUP = 7;

/** Of the first `count` weights of a row. */
export function stageTerms(row: ArrayLike<number>, count: number = row.length): StageTerms {
  const stages = Array.from({ length: count }, (_, j) => j).filter((j) => row[j] !== 0);
  return {
    weights: Float64Array.from(stages, (j) => row[j]!),
    stages: Int32Array.from(stages),
    grouped: stages.filter((j) => j < GROUP).length,
  };
}

/** out = y + h sum_j a_j k_j, written out for the usual numbers of terms: the inner loop over j would cost
 *  more than its arithmetic in small systems. `out` may be `y`. */
export function combine(
  out: Float64Array,
  y: Float64Array,
  h: number,
  terms: StageTerms,
  k: Float64Array,
): void {
  const n = out.length;
  const { weights: a, stages, grouped } = terms;
  if (grouped === 0) {
    copyInto(out, y);
  } else if (grouped === 1) {
    const a0 = h * a[0]!;
    const k0 = n * stages[0]!;
    for (let i = 0; i < n; i++) out[i] = y[i]! + a0 * k[k0 + i]!;
  } else if (grouped === 2) {
    const a0 = h * a[0]!;
    const a1 = h * a[1]!;
    const k0 = n * stages[0]!;
    const k1 = n * stages[1]!;
    for (let i = 0; i < n; i++) out[i] = y[i]! + (a0 * k[k0 + i]! + a1 * k[k1 + i]!);
  } else if (grouped === 3) {
    const a0 = h * a[0]!;
    const a1 = h * a[1]!;
    const a2 = h * a[2]!;
    const k0 = n * stages[0]!;
    const k1 = n * stages[1]!;
    const k2 = n * stages[2]!;
    for (let i = 0; i < n; i++) out[i] = y[i]! + (a0 * k[k0 + i]! + a1 * k[k1 + i]! + a2 * k[k2 + i]!);
  } else if (grouped === 4) {
    const a0 = h * a[0]!;
    const a1 = h * a[1]!;
    const a2 = h * a[2]!;
    const a3 = h * a[3]!;
    const k0 = n * stages[0]!;
    const k1 = n * stages[1]!;
    const k2 = n * stages[2]!;
    const k3 = n * stages[3]!;
    for (let i = 0; i < n; i++)
      out[i] = y[i]! + (a0 * k[k0 + i]! + a1 * k[k1 + i]! + a2 * k[k2 + i]! + a3 * k[k3 + i]!);
  } else {
    combineMany(out, y, h, terms, k);
  }
  if (a.length > grouped) addTerms(out, h, terms, k);
}

function combineMany(
  out: Float64Array,
  y: Float64Array,
  h: number,
  { weights: a, stages, grouped }: StageTerms,
  k: Float64Array,
): void {
  const n = out.length;
  if (grouped === 5) {
    const a0 = h * a[0]!;
    const a1 = h * a[1]!;
    const a2 = h * a[2]!;
    const a3 = h * a[3]!;
    const a4 = h * a[4]!;
    const k0 = n * stages[0]!;
    const k1 = n * stages[1]!;
    const k2 = n * stages[2]!;
    const k3 = n * stages[3]!;
    const k4 = n * stages[4]!;
    for (let i = 0; i < n; i++)
      out[i] =
        y[i]! + (a0 * k[k0 + i]! + a1 * k[k1 + i]! + a2 * k[k2 + i]! + a3 * k[k3 + i]! + a4 * k[k4 + i]!);
  } else if (grouped === 6) {
    const a0 = h * a[0]!;
    const a1 = h * a[1]!;
    const a2 = h * a[2]!;
    const a3 = h * a[3]!;
    const a4 = h * a[4]!;
    const a5 = h * a[5]!;
    const k0 = n * stages[0]!;
    const k1 = n * stages[1]!;
    const k2 = n * stages[2]!;
    const k3 = n * stages[3]!;
    const k4 = n * stages[4]!;
    const k5 = n * stages[5]!;
    for (let i = 0; i < n; i++)
      out[i] =
        y[i]! +
        (a0 * k[k0 + i]! +
          a1 * k[k1 + i]! +
          a2 * k[k2 + i]! +
          a3 * k[k3 + i]! +
          a4 * k[k4 + i]! +
          a5 * k[k5 + i]!);
  } else {
    const a0 = h * a[0]!;
    const a1 = h * a[1]!;
    const a2 = h * a[2]!;
    const a3 = h * a[3]!;
    const a4 = h * a[4]!;
    const a5 = h * a[5]!;
    const a6 = h * a[6]!;
    const k0 = n * stages[0]!;
    const k1 = n * stages[1]!;
    const k2 = n * stages[2]!;
    const k3 = n * stages[3]!;
    const k4 = n * stages[4]!;
    const k5 = n * stages[5]!;
    const k6 = n * stages[6]!;
    for (let i = 0; i < n; i++)
      out[i] =
        y[i]! +
        (a0 * k[k0 + i]! +
          a1 * k[k1 + i]! +
          a2 * k[k2 + i]! +
          a3 * k[k3 + i]! +
          a4 * k[k4 + i]! +
          a5 * k[k5 + i]! +
          a6 * k[k6 + i]!);
  }
}

/** The terms after the group, one by one, several in a pass. */
function addTerms(
  out: Float64Array,
  h: number,
  { weights: a, stages, grouped }: StageTerms,
  k: Float64Array,
): void {
  const n = out.length;
  let j = grouped;
  while (a.length - j >= 3) {
    const a0 = h * a[j]!;
    const a1 = h * a[j + 1]!;
    const a2 = h * a[j + 2]!;
    const k0 = n * stages[j]!;
    const k1 = n * stages[j + 1]!;
    const k2 = n * stages[j + 2]!;
    for (let i = 0; i < n; i++) out[i] = out[i]! + a0 * k[k0 + i]! + a1 * k[k1 + i]! + a2 * k[k2 + i]!;
    j += 3;
  }
  if (a.length - j === 2) {
    const a0 = h * a[j]!;
    const a1 = h * a[j + 1]!;
    const k0 = n * stages[j]!;
    const k1 = n * stages[j + 1]!;
    for (let i = 0; i < n; i++) out[i] = out[i]! + a0 * k[k0 + i]! + a1 * k[k1 + i]!;
  } else if (a.length > j) {
    const a0 = h * a[j]!;
    const k0 = n * stages[j]!;
    for (let i = 0; i < n; i++) out[i] = out[i]! + a0 * k[k0 + i]!;
  }
}

/** out = y + sum_{j < count} a[j] k_j and sum = h sum_{j < count} c[j] k_j, for which each k_j is read once.
 *  `sum` may be a later stage. For 1 to 5 terms. */
export function combineTwo(
  out: Float64Array,
  y: Float64Array,
  a: Float64Array,
  sum: Float64Array,
  h: number,
  c: Float64Array,
  k: Float64Array,
  count: number,
): void {
  const n = out.length;
  if (count === 1) {
    const a0 = a[0]!;
    const c0 = h * c[0]!;
    for (let i = 0; i < n; i++) {
      const k0 = k[i]!;
      out[i] = y[i]! + a0 * k0;
      sum[i] = c0 * k0;
    }
  } else if (count === 2) {
    const a0 = a[0]!;
    const a1 = a[1]!;
    const c0 = h * c[0]!;
    const c1 = h * c[1]!;
    for (let i = 0; i < n; i++) {
      const k0 = k[i]!;
      const k1 = k[n + i]!;
      out[i] = y[i]! + (a0 * k0 + a1 * k1);
      sum[i] = c0 * k0 + c1 * k1;
    }
  } else if (count === 3) {
    const a0 = a[0]!;
    const a1 = a[1]!;
    const a2 = a[2]!;
    const c0 = h * c[0]!;
    const c1 = h * c[1]!;
    const c2 = h * c[2]!;
    const at2 = 2 * n;
    for (let i = 0; i < n; i++) {
      const k0 = k[i]!;
      const k1 = k[n + i]!;
      const k2 = k[at2 + i]!;
      out[i] = y[i]! + (a0 * k0 + a1 * k1 + a2 * k2);
      sum[i] = c0 * k0 + c1 * k1 + c2 * k2;
    }
  } else {
    combineTwoMany(out, y, a, sum, h, c, k, count);
  }
}

function combineTwoMany(
  out: Float64Array,
  y: Float64Array,
  a: Float64Array,
  sum: Float64Array,
  h: number,
  c: Float64Array,
  k: Float64Array,
  count: number,
): void {
  const n = out.length;
  if (count === 4) {
    const a0 = a[0]!;
    const a1 = a[1]!;
    const a2 = a[2]!;
    const a3 = a[3]!;
    const c0 = h * c[0]!;
    const c1 = h * c[1]!;
    const c2 = h * c[2]!;
    const c3 = h * c[3]!;
    const at2 = 2 * n;
    const at3 = 3 * n;
    for (let i = 0; i < n; i++) {
      const k0 = k[i]!;
      const k1 = k[n + i]!;
      const k2 = k[at2 + i]!;
      const k3 = k[at3 + i]!;
      out[i] = y[i]! + (a0 * k0 + a1 * k1 + a2 * k2 + a3 * k3);
      sum[i] = c0 * k0 + c1 * k1 + c2 * k2 + c3 * k3;
    }
  } else {
    const a0 = a[0]!;
    const a1 = a[1]!;
    const a2 = a[2]!;
    const a3 = a[3]!;
    const a4 = a[4]!;
    const c0 = h * c[0]!;
    const c1 = h * c[1]!;
    const c2 = h * c[2]!;
    const c3 = h * c[3]!;
    const c4 = h * c[4]!;
    const at2 = 2 * n;
    const at3 = 3 * n;
    const at4 = 4 * n;
    for (let i = 0; i < n; i++) {
      const k0 = k[i]!;
      const k1 = k[n + i]!;
      const k2 = k[at2 + i]!;
      const k3 = k[at3 + i]!;
      const k4 = k[at4 + i]!;
      out[i] = y[i]! + (a0 * k0 + a1 * k1 + a2 * k2 + a3 * k3 + a4 * k4);
      sum[i] = c0 * k0 + c1 * k1 + c2 * k2 + c3 * k3 + c4 * k4;
    }
  }
}
