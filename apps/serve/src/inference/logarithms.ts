import type { Preparation } from "@stiffnet/preparation";

/** Place of the first value without a logarithm, in columns whose logarithm is taken; -1 if there is none. */
export function withoutLogarithm({ columns, steps }: Preparation, rows: ArrayLike<number>): number {
  const [first] = steps;
  if (first?.kind !== "log") return -1;
  return Array.prototype.findIndex.call(rows, (x, k) => first.applies[k % columns] && x <= 0);
}
