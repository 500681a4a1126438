/** A Rosenbrock method in the form that needs no product with J (Hairer and Wanner II, IV.7): with W = I / (h
 *  gamma) - J,
 *    W u_i = f(t + alpha_i h, y + sum_j a_ij u_j) + sum_j (c_ij / h) u_j + h d_i df/dt,   y_new = y + sum_i
 *    m_i u_i,
 *  and the error estimate sum_i e_i u_i. */
export interface RosenbrockTableau {
  readonly gamma: number;
  readonly a: readonly (readonly number[])[];
  readonly c: readonly (readonly number[])[];
  readonly m: readonly number[];
  readonly e: readonly number[];
  readonly alpha: readonly number[];
  readonly d: readonly number[];
  readonly order: number;
  readonly embeddedOrder: number;
  /** Factor on the error estimate, as for `EmbeddedWeights`. Default 1. */
  readonly errorScale?: number;
  /** The method is exact for y' = y^2, even beyond the pole of its solution. So its error estimate does not
   *  see a step over an explosion. Steps over an explosion move against the slopes at both ends. */
  readonly exactForRiccati?: true;
  /** Rows H_k of the continuous extension y(t + x h) = (1 - x) y + x (y_new + (1 - x) (H_1 + x (H_2 + x
   *  H_3))) applied to the u_i, of order denseOrder for every x. */
  readonly dense: readonly (readonly number[])[];
  readonly denseOrder: number;
}

/** The matrix beta = alpha + gamma and the weights b of the same method, as its stages are usually written:
 *  k_i = h f(y + sum alpha_ij k_j) + h J sum gamma_ij k_j. They follow from u = Gamma k, where Gamma^-1 is
 *  I / gamma - C: alpha = A Gamma and b = m^T Gamma. */
export function rosenbrockMatrices({ a, c, m, gamma }: RosenbrockTableau): { a: number[][]; b: number[] } {
  const s = m.length;
  const inverse: number[][] = Array.from({ length: s }, () => new Array<number>(s).fill(0));
  for (let j = 0; j < s; j++) {
    for (let i = j; i < s; i++) {
      let sum = i === j ? 1 : 0;
      for (let k = j; k < i; k++) sum += (c[i]![k] ?? 0) * inverse[k]![j]!;
      inverse[i]![j] = sum * gamma;
    }
  }
  const times = (row: readonly number[]) =>
    inverse.map((_, j) => inverse.reduce((sum, line, k) => sum + (row[k] ?? 0) * line[j]!, 0));
  return { a: inverse.map((line, i) => times(a[i]!).map((x, j) => x + line[j]!)), b: times(m) };
}
