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

/** So many terms are added in one pass. */
const CHUNK = 4;

/** A row of weights without its zeros, and the stages that they belong to. The last chunk is filled up with
 *  zero weights of a stage that the row has already. */
export interface StageTerms {
  readonly weights: Float64Array;
  readonly stages: Int32Array;
}

export function stageTerms(row: ArrayLike<number>, count: number = row.length): StageTerms {
  const stages = Array.from({ length: count }, (_, j) => j).filter((j) => row[j] !== 0);
  const length = CHUNK * Math.ceil(stages.length / CHUNK);
  return {
    weights: Float64Array.from({ length }, (_, q) => (q < stages.length ? row[stages[q]!]! : 0)),
    stages: Int32Array.from({ length }, (_, q) => stages[q] ?? stages[0]!),
  };
}

/** out = y + h sum_j a_j k_j. `out` may be `y`. */
export function combine(
  out: Float64Array,
  y: Float64Array,
  h: number,
  { weights: a, stages }: StageTerms,
  k: Float64Array,
): void {
  const n = out.length;
  if (a.length === 0) out.set(y);
  for (let q = 0, base = y; q < a.length; q += CHUNK, base = out) {
    const a0 = h * a[q]!;
    const a1 = h * a[q + 1]!;
    const a2 = h * a[q + 2]!;
    const a3 = h * a[q + 3]!;
    const k0 = n * stages[q]!;
    const k1 = n * stages[q + 1]!;
    const k2 = n * stages[q + 2]!;
    const k3 = n * stages[q + 3]!;
    for (let i = 0; i < n; i++) {
      out[i] = base[i]! + (a0 * k[k0 + i]! + a1 * k[k1 + i]! + a2 * k[k2 + i]! + a3 * k[k3 + i]!);
    }
  }
}
