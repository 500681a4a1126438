/** Continuous weights of extensions in the nested form of Hairer's codes: with the difference of the ends
 *  and the slopes there as the first three coefficients and sum_i d[j][i] k_i as the others,
 *    y(t + x h) = y + x (F_0 + (1 - x) (F_1 + x (F_2 + (1 - x) (F_3 + ...)))).
 *  @param last the stage whose slope is that at the end of the step */
export function nestedWeights(
  b: readonly number[],
  last: number,
  d: readonly (readonly number[])[],
): number[][] {
  const stages = Math.max(...d.map((row) => row.length));
  // Powers of x of the products x, x (1 - x), x^2 (1 - x), ...
  let product = [0, 1];
  const products = [product];
  for (let j = 1; j < 3 + d.length; j++) {
    const shifted = [0, ...product];
    product = j % 2 === 1 ? shifted.map((x, m) => (product[m] ?? 0) - x) : shifted;
    products.push(product);
  }
  return Array.from({ length: stages }, (_, i) => {
    const w = b[i] ?? 0;
    const first = i === 0 ? 1 : 0;
    const end = i === last ? 1 : 0;
    const factors = [w, first - w, 2 * w - first - end, ...d.map((row) => row[i] ?? 0)];
    const sum = new Array<number>(product.length).fill(0);
    factors.forEach((factor, j) => {
      products[j]!.forEach((x, m) => {
        sum[m] = sum[m]! + factor * x;
      });
    });
    return sum.slice(1);
  });
}
