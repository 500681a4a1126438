/** Corrects root mean square errors of several networks on validation rows that also chose their epochs: the
 *  factor to multiply them by. With e_k(t) the validation error of network k
 *  after epoch t, on rows of its own, and t_k the epoch that they chose,
 *
 *      factor^2 = sum_k mean_{j != k} e_k(t_j)^2 / sum_k e_k(t_k)^2,   t_k = argmin_t e_k(t):
 *
 *  an epoch that the rows of another network chose owes nothing to the rows that now judge it. A network that
 *  ended before is judged at its end. The factor is at least 1. It is 1 for a single network, and if no error
 *  is finite and above 0.
 *  @param curves - e_k(t), [networks][epochs]; Infinity and NaN are never the smallest, and judge nothing. */
export function selectionFactor(curves: readonly (readonly number[])[]): number {
  const chosen = curves.map(smallestAt);
  let [own, others] = [0, 0];
  curves.forEach((curve, k) => {
    const judged = chosen
      .filter((_, j) => j !== k)
      .map((epoch) => curve[Math.min(epoch, curve.length - 1)]! ** 2)
      .filter(Number.isFinite);
    const best = curve[chosen[k]!]! ** 2;
    own += best;
    others += judged.length > 0 ? judged.reduce((sum, square) => sum + square / judged.length, 0) : best;
  });
  const factor = Math.sqrt(others / own);
  return Number.isFinite(factor) ? Math.max(1, factor) : 1;
}

function smallestAt(values: readonly number[]): number {
  let at = 0;
  values.forEach((value, t) => {
    if (value < values[at]! || Number.isNaN(values[at])) at = t;
  });
  return at;
}
