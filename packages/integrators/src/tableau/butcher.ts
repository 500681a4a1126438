/** Weights of the embedded solution, and its order. */
export interface EmbeddedWeights {
  readonly b: readonly number[];
  readonly order: number;
  /** Factor on the difference of the two solutions, where that is known to be a timid estimate of the error
   *  (tolerance calibration, Soderlind and Wang 2006). Default 1. */
  readonly scale?: number;
  /** A second embedded solution, of lower order: with the estimates e and e3 of the two, the error is
   *  e |e| / sqrt(|e|^2 + 0.01 |e3|^2), of order 2 order - companion.order (Hairer's DOP853). */
  readonly companion?: { readonly b: readonly number[]; readonly order: number };
}

/** T^-1 A^-1 T has the block [[re, -im], [im, re]], below the real eigenvalue if there are three stages. */
export interface Splitting {
  readonly real?: number;
  readonly re: number;
  readonly im: number;
  readonly t: readonly (readonly number[])[];
  /** With z = h A k, (e . z) / h + f(t, y) is the error estimate before the filter, of three stages. */
  readonly errorWeights: readonly number[];
}

/** A Runge-Kutta method: k_i = f(t + c_i h, y + h sum_j a_ij k_j), y_new = y + h sum_i b_i k_i. */
export interface ButcherTableau {
  readonly a: readonly (readonly number[])[];
  readonly b: readonly number[];
  readonly c: readonly number[];
  readonly order: number;
  readonly embedded?: EmbeddedWeights;
  /** Continuous weights: y(t + x h) = y + h sum_i (sum_m weights[i][m] x^(m + 1)) k_i, of the given order for
   *  every x. */
  readonly dense: {
    readonly weights: readonly (readonly number[])[];
    readonly order: number;
    /** Further stages, made when dense output is asked for. */
    readonly extra?: { readonly a: readonly (readonly number[])[]; readonly c: readonly number[] };
  };
  /** Of fully implicit methods. */
  readonly split?: Splitting;
}

/** The tableau with rows filled up to squares. */
export function filled({ a, b, ...others }: ButcherTableau): ButcherTableau {
  const pad = (row: readonly number[]) => Array.from(a, (_, j) => row[j] ?? 0);
  return { ...others, a: a.map(pad), b: pad(b) };
}

/** Continuous weights of the cubic that has the values at both ends and the slopes k_1 and k_s there. For
 *  methods whose last stage is the slope at the end of the step. */
export function hermiteWeights(b: readonly number[]): number[][] {
  const s = b.length;
  return b.map((w, i) => {
    const first = i === 0 ? 1 : 0;
    const last = i === s - 1 ? 1 : 0;
    return [first, 3 * w - 2 * first - last, first + last - 2 * w];
  });
}

/** Weights of the error estimate. */
export function embeddedDifference(b: readonly number[], embedded: EmbeddedWeights): Float64Array {
  return Float64Array.from(b, (w, i) => (embedded.scale ?? 1) * (w - embedded.b[i]!));
}

/** Weights of the companion's estimate, where there is one. */
export function companionDifference(
  b: readonly number[],
  { companion }: EmbeddedWeights,
): Float64Array | undefined {
  return companion && Float64Array.from(b, (w, i) => w - companion.b[i]!);
}

/** The error estimate behaves like h^(this + 1). */
export function estimateOrder({ order, companion }: EmbeddedWeights): number {
  return companion ? 2 * order - companion.order : order;
}

/** Whether the end of a step is its last stage. */
export function isStifflyAccurate({ a, b }: ButcherTableau): boolean {
  return a[b.length - 1]!.every((x, j) => x === b[j]);
}
