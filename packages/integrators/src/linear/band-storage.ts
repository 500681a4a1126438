/** shift I - J of a band into columns with `lower` spare entries on top, for what row swaps bring there. */
export function loadBand(
  jacobian: Float64Array,
  shift: number,
  n: number,
  lower: number,
  upper: number,
  out: Float64Array,
): void {
  const width = lower + upper + 1;
  const stride = lower + width;
  for (let j = 0; j < n; j++) {
    const to = j * stride;
    const from = j * width;
    for (let r = 0; r < lower; r++) out[to + r] = 0;
    for (let r = 0; r < width; r++) out[to + lower + r] = -jacobian[from + r]!;
    out[to + lower + upper] = out[to + lower + upper]! + shift;
  }
}
