import { type Preparation, takesLogarithm } from "@stiffnet/preparation";

/** Place of the first value without a logarithm, in columns whose logarithm is taken; -1 if there is none. */
export function withoutLogarithm(preparation: Preparation, rows: ArrayLike<number>): number {
  const applies = takesLogarithm(preparation);
  if (!applies.includes(true)) return -1;
  return Array.prototype.findIndex.call(rows, (x, k) => applies[k % applies.length] && x <= 0);
}
