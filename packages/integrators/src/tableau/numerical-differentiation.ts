/** Klopfenstein and Shampine's modification of the backward differentiation formulas of order 1 to 5:
 *    sum_{m=1..k} D^m y_new / m - kappa_k gamma_k D^(k+1) y_new = h f(t_new, y_new),   gamma_k = sum_{m=1..k}
 *    1 / m,
 *  with backward differences D. kappa trades a little of the stability angle for a smaller error. Orders 1
 *  and 2 are A-stable. Orders 3, 4 and 5 have 80, 66 and 51 degrees. Order 5 has kappa 0. Index 0 is not
 *  used.
 *  @see Shampine and Reichelt, The MATLAB ODE suite, SIAM J. Sci. Comput. 18, 1997, table 1 */
export const kappa: readonly number[] = [0, -0.185, -1 / 9, -0.0823, -0.0415, 0];

/** gamma_k. */
export const harmonic: readonly number[] = kappa.map((_, k) => {
  let sum = 0;
  for (let m = 1; m <= k; m++) sum += 1 / m;
  return sum;
});

/** The leading coefficient (1 - kappa_k) gamma_k, over h that of y_new. */
export const leading: readonly number[] = kappa.map((x, k) => (1 - x) * harmonic[k]!);

/** The local error is this times D^(k+1) y_new. */
export const errorConstants: readonly number[] = kappa.map((x, k) => x * harmonic[k]! + 1 / (k + 1));

export const HIGHEST_ORDER = 5;

/** interpolation[j][m]: the coefficient of x^m in the j-th Newton polynomial prod_{i < j} (x - 1 + i) / (i
 *  + 1) of the differences at the end of a step, x = 1. */
export const interpolation: readonly (readonly number[])[] = (() => {
  const rows = [[1]];
  for (let j = 0; j < HIGHEST_ORDER; j++) {
    const before = rows[j]!;
    const next = new Array<number>(j + 2).fill(0);
    before.forEach((x, m) => {
      next[m] = next[m]! + (x * (j - 1)) / (j + 1);
      next[m + 1] = next[m + 1]! + x / (j + 1);
    });
    rows.push(next);
  }
  return rows;
})();

/** How backward differences change with the step, factor times as long: column j of the result has the
 *  weights of the new j-th difference, for j <= order. */
export function differenceChange(order: number, factor: number, out: Float64Array): void {
  const width = order + 1;
  const shift = (by: number) => {
    const m = new Float64Array(width * width);
    for (let j = 0; j < width; j++) {
      m[j] = 1;
      for (let i = 1; i < width; i++) m[i * width + j] = (m[(i - 1) * width + j]! * (i - 1 - by * j)) / i;
    }
    return m;
  };
  const [r, u] = [shift(factor), shift(1)];
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < width; j++) {
      let sum = 0;
      for (let k = 0; k < width; k++) sum += r[i * width + k]! * u[k * width + j]!;
      out[i * width + j] = sum;
    }
  }
}
