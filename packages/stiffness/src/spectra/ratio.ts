/** Eigenvalues and singular values below 1 / largestRatio of the largest are rounding: ratios stop here. */
export const largestRatio = 1e12;

/** The ratio of a spectrum; see `eigenRatio`. Sizes below `floor` times |l_1| are raised to it. */
export function ratioOf(re: Float64Array, im: Float64Array, form: "real" | "modulus", floor: number): number {
  let radius = 0;
  let largest = 0;
  let smallest = Number.POSITIVE_INFINITY;
  for (let k = 0; k < re.length; k++) {
    const modulus = Math.sqrt(re[k]! * re[k]! + im[k]! * im[k]!);
    const size = form === "modulus" ? modulus : Math.abs(re[k]!);
    radius = Math.max(radius, modulus);
    largest = Math.max(largest, size);
    smallest = Math.min(smallest, size);
  }
  if (radius === 0) return Number.NaN;
  return Math.max(largest, floor * radius) / Math.max(smallest, floor * radius);
}
