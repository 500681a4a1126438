/** By which factor root mean square errors on validation rows must be multiplied, where the same rows also
 *  chose the epoch at which each of several networks was kept. With e_k(t) the validation error of network k
 *  after epoch t, on rows of its own,
 *
 *      factor^2 = sum_k e_k(t')^2 / sum_k min_t e_k(t)^2,   t' = argmin_t sum_k e_k(t)^2:
 *
 *  the epoch that all rows choose together owes little to those of one network. At least 1; 1 for a single
 *  network, of which it says nothing, and where no error is finite and above 0. Epochs that not every network
 *  reached are not chosen.
 *  @param curves - e_k(t), [networks][epochs]; Infinity and NaN are never the smallest.
 *  @see Tibshirani and Tibshirani, A bias correction for the minimum error rate in cross-validation,
 *  Annals of Applied Statistics 3 (2009) */
export function selectionFactor(curves: readonly (readonly number[])[]): number {
  const epochs = Math.min(...curves.map((curve) => curve.length));
  const own = curves.reduce((sum, curve) => sum + smallest(curve) ** 2, 0);
  const sums = Array.from({ length: epochs }, (_, t) =>
    curves.reduce((sum, curve) => sum + curve[t]! ** 2, 0),
  );
  const factor = Math.sqrt(smallest(sums) / own);
  return Number.isFinite(factor) ? Math.max(1, factor) : 1;
}

const smallest = (values: readonly number[]): number =>
  values.reduce(
    (least, value) => (Number.isNaN(value) ? least : Math.min(least, value)),
    Number.POSITIVE_INFINITY,
  );
